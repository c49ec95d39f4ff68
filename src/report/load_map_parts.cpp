#include "report/load_map_parts.hpp"

#include "support/text.hpp"

namespace preflight::report {

using facts::Subject;

Parts parts_of_environments(const facts::Document& document, std::string_view kind) {
  Parts parts;
  for (const auto* const part : document.of_kind(kind)) {
    if (const auto* const environment = part->text("environment")) parts[*environment].push_back(part);
  }
  return parts;
}

const Subjects& parts_of(const Parts& parts, const Subject& environment) {
  static const Subjects kNone;
  const auto found = parts.find(environment.id);
  return found == parts.end() ? kNone : found->second;
}

std::string text_or(const Subject& subject, std::string_view path, std::string_view otherwise) {
  const auto* const text = subject.text(path);
  return text == nullptr ? std::string(otherwise) : *text;
}

std::vector<std::string> texts_of(const Subject& subject, std::string_view path) {
  std::vector<std::string> texts;
  if (const auto* const list = subject.list(path)) {
    for (const auto& item : *list) {
      if (const auto* const text = std::get_if<std::string>(&item.data)) texts.push_back(*text);
    }
  }
  return texts;
}

std::string why_unknown(const Subject& subject, std::string_view path) {
  const auto* const fact = subject.find(path);
  if (fact == nullptr) return "not recorded";
  const auto* const unknown = fact->unknown();
  return unknown == nullptr ? std::string() : unknown->reason;
}

std::string gpu_code_text(const Subject& subject) {
  const auto* const is_stub = subject.boolean("gpu_code.stub");
  if (is_stub != nullptr && *is_stub) return {};
  auto names = texts_of(subject, "gpu_code.sass");
  for (auto& name : texts_of(subject, "gpu_code.ptx")) names.push_back(std::move(name));
  return join(names, " ");
}

std::string short_path(const std::string& path, const Subject& environment) {
  auto directories = texts_of(environment, "site_packages");
  directories.push_back(environment.id);
  for (const auto& directory : directories) {
    if (path.starts_with(directory + "/")) return path.substr(directory.size() + 1);
  }
  return path;
}

}  // namespace preflight::report
