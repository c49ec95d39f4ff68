#include "probe/environments/built_for_torch.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "support/json.hpp"

namespace preflight::probe::environments {

namespace {

using facts::Gap;
using target::FileTree;
using target::join_path;

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

// "2.7.1+cu126" of {"version": {"torch": "2.7.1+cu126", "cuda": 1208, ...}, ...}.
Result<std::string> read_torch(const FileTree& files, std::string_view path) {
  const auto text = files.read(path, kMostBytes);
  if (!text) return text.error();
  const auto json = parse_json(*text);
  if (!json) return json.error();
  const auto place = nlohmann::json::json_pointer("/version/torch");
  if (!json->contains(place) || !json->at(place).is_string()) {
    return Error{ErrorKind::malformed, "no version of torch in it"};
  }
  return json->at(place).get<std::string>();
}

}  // namespace

void write_built_for_torch(const FileTree& files, const ImportPath& import_path,
                           facts::SubjectWriter& writer) {
  constexpr auto kFact = "built_for_torch";
  const auto module = find_package(files, import_path, "xformers");
  if (!module && !import_path.problems.empty()) {
    writer.unknown(kFact, {import_path.problems.front(), Gap::unreadable}, writer.id());
    return;
  }
  if (!module) {
    writer.set(kFact, facts::Map{}, writer.id());
    return;
  }
  const auto path = join_path(*module, "cpp_lib.json");
  const auto torch = read_torch(files, path);
  if (torch) {
    writer.set(kFact, facts::Map{{"xformers", *torch}}, path);
  } else if (torch.error().kind == ErrorKind::not_found) {
    writer.set(kFact, facts::Map{}, path);  // installed without its compiled part
  } else {
    writer.unknown(kFact, {torch.error().message, Gap::unreadable}, path);
  }
}

}  // namespace preflight::probe::environments
