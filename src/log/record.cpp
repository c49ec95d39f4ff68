#include "log/record.hpp"

#include <map>
#include <string>

#include "facts/writer.hpp"

namespace preflight::log {

void record(const Scan& scan, const SignatureSet& set, std::string_view name, facts::Document& document) {
  std::erase_if(document.subjects, [](const facts::Subject& subject) { return subject.kind == "message"; });
  facts::FactWriter writer(document);
  std::map<std::size_t, int> variants;
  for (const auto& message : scan.messages) {
    const std::string signature(set.signatures[message.signature].id);
    const int variant = ++variants[message.signature];
    const std::string id = variant == 1 ? signature : signature + " " + std::to_string(variant);
    const std::string source = std::string(name) + ":" + std::to_string(message.line);
    facts::Map captures;
    for (const auto& [capture, text] : message.captures) captures.emplace(capture, facts::Value(text));
    auto subject = writer.subject("message", id);
    subject.set("signature", facts::Value(signature), source);
    subject.set("text", facts::Value(message.text), source);
    subject.set("line", facts::Value(message.line), source);
    subject.set("count", facts::Value(message.count), source);
    subject.set("captures", facts::Value(std::move(captures)), source);
  }
  writer.host().set("messages", facts::Value(static_cast<std::int64_t>(scan.messages.size())), name);
}

}  // namespace preflight::log
