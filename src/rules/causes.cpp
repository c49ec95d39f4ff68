#include <stdexcept>

#include "rules/embedded.hpp"
#include "rules/load.hpp"
#include "support/json_reader.hpp"

namespace preflight::rules {

namespace {

constexpr std::string_view kCausesFile = "rules/causes.json";

Error malformed_at(std::string_view text, const Issue& issue) {
  return {ErrorKind::malformed, to_text(issue, text)};
}

}  // namespace

Result<Causes> parse_causes(std::string_view text) {
  const std::size_t bad_byte = first_bad_byte(text);
  if (bad_byte != std::string_view::npos) return malformed_at(text, {bad_byte, "not valid UTF-8"});
  Causes causes;
  DecodedStrings decoded;
  JsonReader reader(text, decoded);
  reader.object([&](const JsonString& label) {
    JsonString meaning;
    if (!reader.string(meaning)) return;
    if (!causes.emplace(label.value, meaning.value).second) {
      reader.fail(label.offset, "the cause '" + std::string(label.value) + "' stands here twice");
    }
  });
  reader.end();
  if (reader.problem()) return malformed_at(text, *reader.problem());
  return causes;
}

Causes embedded_causes() {
  for (const auto& file : embedded_files()) {
    if (file.name != kCausesFile) continue;
    auto causes = parse_causes(file.text);
    if (!causes) throw std::logic_error(std::string(file.name) + ": " + causes.error().message);
    return std::move(*causes);
  }
  return {};
}

RuleSet embedded_rules(const tables::Tables& tables) {
  std::vector<RuleFile> files;
  for (const auto& file : embedded_files()) {
    if (file.name != kCausesFile) files.push_back({std::string(file.name), std::string(file.text)});
  }
  Loaded loaded = load_rules(std::move(files), embedded_causes(), tables);
  if (!loaded.problems.empty()) throw std::logic_error(to_text(loaded.problems.front()));
  return std::move(loaded.set);
}

}  // namespace preflight::rules
