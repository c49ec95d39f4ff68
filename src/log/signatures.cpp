#include "log/signatures.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "log/embedded.hpp"
#include "log/scan.hpp"

namespace preflight::log {

namespace {

bool is_id(std::string_view id) {
  return !id.empty() && std::ranges::all_of(id, [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
           character == '-';
  });
}

class Loader {
 public:
  LoadedSignatures load(std::vector<SignatureFile> files) {
    loaded_.set.files = std::move(files);
    for (file_ = 0; file_ < loaded_.set.files.size(); ++file_) load_file();
    loaded_.set.patterns.compile();
    return std::move(loaded_);
  }

 private:
  // The members of a signature as they stand in the file.
  struct Draft {
    JsonString id, meaning;
    std::vector<JsonString> patterns, sources, matches, passes;
  };

  const std::string& text() const { return loaded_.set.files[file_].text; }

  void report(std::size_t offset, std::string message) {
    has_problem_ = true;
    loaded_.problems.push_back(
        {loaded_.set.files[file_].name, position_of(text(), offset), about_, std::move(message)});
  }

  void load_file() {
    about_.clear();
    const std::size_t bad_byte = first_bad_byte(text());
    if (bad_byte != std::string_view::npos) return report(bad_byte, "not valid UTF-8");
    JsonReader reader(text(), loaded_.set.decoded);
    reader.object([&](const JsonString& key) {
      if (key.value != "signatures") {
        reader.fail(key.offset, "a file of signatures is an object with \"signatures\"");
      } else {
        reader.array([&] { read_signature(reader); });
      }
    });
    reader.end();
    about_.clear();
    if (reader.problem()) report(reader.problem()->offset, reader.problem()->message);
  }

  void read_signature(JsonReader& reader) {
    has_problem_ = false;
    about_.clear();
    const std::size_t offset = reader.offset();
    Draft draft;
    const bool is_whole = reader.object([&](const JsonString& key) { read_member(reader, key, draft); });
    if (is_whole) check(draft, offset);
  }

  void read_member(JsonReader& reader, const JsonString& key, Draft& draft) {
    const auto list = [&](std::vector<JsonString>& items) {
      reader.array([&] { reader.string(items.emplace_back()); });
    };
    if (key.value == "id") {
      reader.string(draft.id);
      about_ = draft.id.value;
    } else if (key.value == "meaning") {
      reader.string(draft.meaning);
    } else if (key.value == "patterns") {
      list(draft.patterns);
    } else if (key.value == "sources") {
      list(draft.sources);
    } else if (key.value == "matches") {
      list(draft.matches);
    } else if (key.value == "passes") {
      list(draft.passes);
    } else {
      report(key.offset, "unknown member '" + std::string(key.value) + "'");
      reader.skip();
    }
  }

  void require(bool is_there, std::size_t offset, std::string_view member) {
    if (!is_there) report(offset, "'" + std::string(member) + "' is missing or empty");
  }

  void check(const Draft& draft, std::size_t offset) {
    if (!is_id(draft.id.value)) report(offset, "an id is written like-this");
    if (!ids_.insert(std::string(draft.id.value)).second)
      report(draft.id.offset, "there is another signature with this id");
    require(!draft.meaning.value.empty(), offset, "meaning");
    require(!draft.patterns.empty(), offset, "patterns");
    require(!draft.sources.empty(), offset, "sources");
    require(!draft.matches.empty(), offset, "matches");
    require(!draft.passes.empty(), offset, "passes");
    for (const auto& source : draft.sources) {
      if (!source.value.starts_with("https://")) report(source.offset, "a source is a web address");
    }
    if (has_problem_) return;
    Signature signature{draft.id.value, draft.meaning.value, {}, {}, {}, {}, file_, offset};
    for (const auto& source : draft.sources) signature.sources.push_back(source.value);
    for (const auto& line : draft.matches) signature.matches.push_back({line.value, line.offset});
    for (const auto& line : draft.passes) signature.passes.push_back({line.value, line.offset});
    for (const auto& pattern : draft.patterns) add_pattern(pattern, signature);
    loaded_.set.signatures.push_back(std::move(signature));
  }

  void add_pattern(const JsonString& pattern, Signature& signature) {
    auto& set = loaded_.set;
    if (const auto problem = set.patterns.add(pattern.value)) return report(pattern.offset, *problem);
    for (auto& name : set.patterns.names(static_cast<int>(set.owners.size()))) {
      if (std::ranges::find(signature.names, name) == signature.names.end())
        signature.names.push_back(std::move(name));
    }
    set.owners.push_back(set.signatures.size());
  }

  LoadedSignatures loaded_;
  std::set<std::string, std::less<>> ids_;
  std::string about_;
  std::size_t file_ = 0;
  bool has_problem_ = false;
};

bool is_found(const SignatureSet& set, std::size_t place, std::string_view line) {
  Scanner scanner(set);
  scanner.feed(line);
  const auto scan = scanner.finish();
  return std::ranges::any_of(scan.messages,
                             [&](const Message& message) { return message.signature == place; });
}

}  // namespace

LoadedSignatures load_signatures(std::vector<SignatureFile> files) {
  return Loader().load(std::move(files));
}

bool is_signature_file(std::string_view text) {
  DecodedStrings decoded;
  JsonReader reader(text, decoded);
  bool is_one = false;
  reader.object([&](const JsonString& key) {
    is_one = is_one || key.value == "signatures";
    reader.skip();
  });
  return is_one;
}

SignatureExamples run_examples(const SignatureSet& set) {
  SignatureExamples result;
  for (std::size_t place = 0; place < set.signatures.size(); ++place) {
    const Signature& signature = set.signatures[place];
    const auto run = [&](const std::vector<ExampleLine>& lines, bool wanted, std::string_view problem) {
      for (const auto& line : lines) {
        ++result.run;
        if (is_found(set, place, line.text) == wanted) continue;
        const SignatureFile& file = set.files[signature.file];
        result.problems.push_back({file.name, position_of(file.text, line.offset), std::string(signature.id),
                                   std::string(problem)});
      }
    };
    run(signature.matches, true, "the line of 'matches' is not matched");
    run(signature.passes, false, "the line of 'passes' is matched");
  }
  return result;
}

SignatureSet embedded_signatures() {
  std::vector<SignatureFile> files;
  for (const auto& file : embedded_files()) files.push_back({std::string(file.name), std::string(file.text)});
  auto loaded = load_signatures(std::move(files));
  if (!loaded.problems.empty()) throw std::logic_error(to_text(loaded.problems.front()));
  return std::move(loaded.set);
}

}  // namespace preflight::log
