#include "report/load_map_tree.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace preflight::report {

namespace {

using facts::Subject;

constexpr std::size_t kDeepestIndent = 30;
constexpr std::array<std::string_view, 10> kStackNames = {"libcu",     "libnv",  "libnccl",   "libtorch",
                                                          "libc10",    "libshm", "libpython", "libgomp",
                                                          "libstdc++", "python"};

bool is_own(const Subject& library) {
  const auto* const own = library.boolean("own");
  return own != nullptr && *own;
}

bool is_of_the_stack(const Subject& library) {
  if (is_own(library) || library.text("own_copy") != nullptr || library.text("needed_by") == nullptr)
    return true;
  const auto name = text_or(library, "name", "");
  return std::ranges::any_of(kStackNames, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

std::string library_text(const Subject& library, std::size_t depth, const Subject& environment,
                         const Style& style) {
  const std::string indent(2 * depth, ' ');
  const auto shown = [&](const std::string& path) { return printable(short_path(path, environment)); };
  std::string text = indent + paint(printable(text_or(library, "soname", "?")), Ink::bold, style);
  if (const auto* const version = library.text("version")) text += " " + printable(*version);
  text += "  " + shown(text_or(library, "path", "?"));
  std::string how = text_or(library, "found_by", "?");
  if (text_or(library, "stage", "") == "use") how += ", when first used";
  text += paint("  (" + printable(how) + ")", Ink::dim, style) + "\n";
  if (const auto code = gpu_code_text(library); !code.empty()) {
    text += wrap("code for " + code, 2 * depth + 4, style.width);
  }
  const auto* const own_copy = library.text("own_copy");
  const bool is_foreign = own_copy != nullptr && !is_own(library);
  if (is_foreign) {
    std::string own = shown(*own_copy);
    if (const auto* const version = library.text("own_copy_version")) own += " (" + printable(*version) + ")";
    text += indent + "    " + paint("not the environment's own " + own, Ink::yellow, style) + "\n";
  }
  for (const auto& lost : texts_of(library, "lost")) {
    if (is_foreign && lost == *own_copy) continue;
    text += indent + "    " + paint("instead of " + shown(lost), Ink::dim, style) + "\n";
  }
  return text;
}

}  // namespace

std::string load_tree_text(const Subjects& libraries, const Subject& environment, const Style& style,
                           Libraries shown) {
  std::map<std::string, Subjects, std::less<>> needed_by;
  Subjects starts;
  for (const auto* const library : libraries) {
    if (const auto* const user = library->text("needed_by")) {
      needed_by[*user].push_back(library);
    } else {
      starts.push_back(library);
    }
  }
  // Then what none of these leads to.
  starts.insert(starts.end(), libraries.begin(), libraries.end());

  struct Place {
    const Subject* library;
    std::size_t depth;
  };
  std::string text;
  std::set<const Subject*> done;
  for (const auto* const start : starts) {
    std::vector<Place> todo = {{start, 1}};
    while (!todo.empty()) {
      const auto [library, depth] = todo.back();
      todo.pop_back();
      if (!done.insert(library).second) continue;
      const bool is_shown = shown == Libraries::all || is_of_the_stack(*library);
      if (is_shown) text += library_text(*library, std::min(depth, kDeepestIndent), environment, style);
      const auto users = needed_by.find(text_or(*library, "path", ""));
      if (users == needed_by.end()) continue;
      for (auto below = users->second.rbegin(); below != users->second.rend(); ++below) {
        todo.push_back({*below, is_shown ? depth + 1 : depth});
      }
    }
  }
  return text;
}

}  // namespace preflight::report
