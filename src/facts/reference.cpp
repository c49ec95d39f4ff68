#include "facts/reference.hpp"

#include "facts/recorded_variables.hpp"
#include "facts/registry.hpp"

namespace preflight::facts {

namespace {

std::string marks(const Declaration& fact) {
  std::string text;
  if (fact.weight == Weight::core) text += " **Core.**";
  if (fact.origin == Origin::derived) text += " *Derived.*";
  return text;
}

std::string sentence(std::string_view meaning) {
  return std::string(meaning) + (meaning.ends_with('.') ? "" : ".");
}

void add_fact(std::string& text, const Declaration& fact) {
  text += "| `" + std::string(fact.path) + "` | " + type_text(fact.type) + " | " + sentence(fact.meaning) +
          marks(fact);
  for (const auto& field : fact.type.fields) {
    text += "<br>`" + std::string(field.name) + "` (" + type_text({Shape::scalar, field.scalar}) +
            "): " + std::string(field.meaning);
  }
  text += " |\n";
}

void add_variables(std::string& text) {
  text +=
      "\n## Environment variables that may be recorded\n\n"
      "No other is, and of these none whose name or value looks like a credential. `*` stands for any end of "
      "a name.\n\n";
  for (const auto name : recorded_variables()) text += "- `" + std::string(name) + "`\n";
}

}  // namespace

std::string reference_markdown() {
  std::string text =
      "# Facts\n\n"
      "Generated from the registry by `./dev docs`. A fact has a value, is *absent* (looked for and not "
      "there) or\n"
      "*unknown* (and why). When a **core** fact was there to be read and couldn't be, the verdict is\n"
      "\"undetermined\". *Derived* facts are computed from other facts and tables. Versions are dotted "
      "numbers;\n"
      "`python_version` follows PEP 440. How a facts file is laid out: [facts-file.md](facts-file.md).\n";
  for (const auto& kind : subject_kinds()) {
    text += "\n## " + std::string(kind.name) + "\n\n" + std::string(kind.meaning);
    if (!kind.binding.empty()) {
      text += " In rules: `for_each: \"" + std::string(kind.plural) + "\"`, then `" +
              std::string(kind.binding) + ".PATH`.";
    }
    text += "\n\n| fact | type | meaning |\n|---|---|---|\n";
    for (const auto& fact : kind.facts) add_fact(text, fact);
  }
  add_variables(text);
  return text;
}

}  // namespace preflight::facts
