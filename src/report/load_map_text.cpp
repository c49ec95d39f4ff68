#include <algorithm>
#include <array>
#include <set>

#include "report/load_map.hpp"
#include "support/text.hpp"

namespace preflight::report {

namespace {

using facts::Document;
using facts::Subject;

constexpr std::size_t kMostExtensions = 40;
constexpr std::size_t kDeepest = 30;
constexpr std::array<std::string_view, 10> kStackNames = {"libcu",     "libnv",  "libnccl",   "libtorch",
                                                          "libc10",    "libshm", "libpython", "libgomp",
                                                          "libstdc++", "python"};

std::string text_or(const Subject& subject, std::string_view path, std::string_view otherwise) {
  const auto* const text = subject.text(path);
  return text == nullptr ? std::string(otherwise) : *text;
}

bool is_true(const Subject& subject, std::string_view path) {
  const auto* const value = subject.boolean(path);
  return value != nullptr && *value;
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

std::string gpu_code_text(const Subject& subject) {
  auto names = texts_of(subject, "gpu_code.sass");
  for (const auto& name : texts_of(subject, "gpu_code.ptx")) names.push_back(name);
  return join(names, " ");
}

// Paths below the environment are told from where its packages are, else from its prefix.
std::string short_path(const std::string& path, const Subject& environment) {
  auto directories = texts_of(environment, "site_packages");
  directories.push_back(environment.id);
  for (const auto& directory : directories) {
    if (path.starts_with(directory + "/")) return path.substr(directory.size() + 1);
  }
  return path;
}

class Tree {
 public:
  Tree(const Document& document, const Subject& environment, const Style& style, Libraries libraries)
      : environment_(environment), style_(style), shown_(libraries) {
    for (const auto* const library : document.of_kind("loaded_library")) {
      if (text_or(*library, "environment", "") == environment.id) libraries_.push_back(library);
    }
  }

  std::string text() {
    for (const auto* const library : libraries_) {
      if (library->text("needed_by") == nullptr) add(*library, 1);
    }
    // What nothing that is shown asks for.
    for (const auto* const library : libraries_) add(*library, 1);
    return std::move(text_);
  }

 private:
  bool is_shown(const Subject& library) const {
    if (shown_ == Libraries::all || is_true(library, "own") || library.text("own_copy") != nullptr)
      return true;
    const auto name = text_or(library, "name", "");
    return std::ranges::any_of(kStackNames,
                               [&](std::string_view prefix) { return name.starts_with(prefix); }) ||
           library.text("needed_by") == nullptr;
  }

  void add(const Subject& library, std::size_t depth) {
    if (!printed_.insert(&library).second) return;
    const bool shown = is_shown(library);
    if (shown) add_line(library, depth);
    if (depth == kDeepest) return;
    const auto path = text_or(library, "path", "");
    for (const auto* const other : libraries_) {
      if (text_or(*other, "needed_by", "") == path) add(*other, shown ? depth + 1 : depth);
    }
  }

  void add_line(const Subject& library, std::size_t depth) {
    const std::string indent(2 * depth, ' ');
    text_ += indent + paint(printable(text_or(library, "soname", "?")), Ink::bold, style_);
    if (const auto* const version = library.text("version")) text_ += " " + printable(*version);
    text_ += "  " + printable(short_path(text_or(library, "path", "?"), environment_));
    std::string how = text_or(library, "found_by", "?");
    if (text_or(library, "stage", "") == "use") how += ", when first used";
    text_ += paint("  (" + printable(how) + ")", Ink::dim, style_) + "\n";
    if (const auto code = gpu_code_text(library); !code.empty()) {
      text_ += wrap("code for " + code, 2 * depth + 4, style_.width);
    }
    const auto* const own_copy = library.text("own_copy");
    if (own_copy != nullptr && !is_true(library, "own")) {
      text_ += indent + "    " +
               paint("not the environment's own " + printable(short_path(*own_copy, environment_)),
                     Ink::yellow, style_) +
               "\n";
    }
    for (const auto& lost : texts_of(library, "lost")) {
      if (own_copy != nullptr && lost == *own_copy && !is_true(library, "own")) continue;
      text_ +=
          paint(indent + "    instead of " + printable(short_path(lost, environment_)), Ink::dim, style_) +
          "\n";
    }
  }

  const Subject& environment_;
  const Style& style_;
  Libraries shown_;
  std::vector<const Subject*> libraries_;
  std::set<const Subject*> printed_;
  std::string text_;
};

// What import torch would fail with.
std::string failures_text(const Subject& environment, const Style& style) {
  std::string text;
  const auto add = [&](const std::string& line) {
    text += "  " + paint(printable(line), Ink::red, style) + "\n";
  };
  const auto field = [](const facts::Value& record, std::string_view name) {
    const auto* const map = std::get_if<facts::Map>(&record.data);
    if (map == nullptr) return std::string();
    const auto found = map->find(name);
    return found == map->end() ? std::string() : facts::to_text(found->second);
  };
  if (const auto* const missing = environment.list("load.missing")) {
    for (const auto& one : *missing) {
      add("not found: " + field(one, "soname") + ", which " + field(one, "needed_by") + " needs");
    }
  }
  for (const auto& version : texts_of(environment, "load.missing_versions"))
    add("version not found: " + version);
  if (const auto* const undefined = environment.list("load.undefined")) {
    for (const auto& one : *undefined) {
      add("undefined symbol: " + field(one, "readable") + ", which " + field(one, "file") + " needs");
    }
  }
  return text;
}

std::string extension_text(const Subject& extension, const Subject& environment, const Style& style) {
  std::string text = "  " + paint(printable(text_or(extension, "package", "?")), Ink::bold, style) + "  " +
                     printable(short_path(text_or(extension, "path", "?"), environment)) + "\n";
  if (const auto code = gpu_code_text(extension); !code.empty()) {
    text += wrap("code for " + code, 6, style.width);
  }
  if (const auto missing = texts_of(extension, "missing_libraries"); !missing.empty()) {
    text += paint("      not found: " + printable(join(missing, ", ")), Ink::yellow, style) + "\n";
  }
  if (const auto missing = texts_of(extension, "missing_versions"); !missing.empty()) {
    text += paint("      version not found: " + printable(join(missing, ", ")), Ink::red, style) + "\n";
  }
  if (const auto* const symbol = extension.text("undefined.readable")) {
    text += paint("      undefined symbol: " + printable(*symbol), Ink::red, style) + "\n";
  }
  return text;
}

std::string extensions_text(const Document& document, const Subject& environment, const Style& style) {
  std::string text;
  std::size_t count = 0;
  for (const auto* const extension : document.of_kind("extension")) {
    if (text_or(*extension, "environment", "") != environment.id) continue;
    if (++count <= kMostExtensions) text += extension_text(*extension, environment, style);
  }
  if (count == 0) return {};
  if (count > kMostExtensions) {
    text += "  and " + std::to_string(count - kMostExtensions) + " more (--format json lists them)\n";
  }
  return "\n  " + paint("Compiled extensions", Ink::bold, style) + "\n" + text;
}

std::string environment_text(const Document& document, const Subject& environment, const Style& style,
                             Libraries libraries) {
  const auto cuda = environment.text("torch.cuda");
  std::string text = paint(printable(environment.id), Ink::bold, style) + ": torch " +
                     printable(text_or(environment, "torch.version", "?")) +
                     (cuda == nullptr ? ", without CUDA" : ", CUDA " + printable(*cuda)) + "\n";
  if (const auto code = gpu_code_text(environment); !code.empty()) {
    text += wrap("kernels of torch for " + code, 2, style.width);
  }
  const auto* const fact = environment.find("load.missing");
  if (fact == nullptr || fact->unknown() != nullptr) {
    const auto reason = fact == nullptr ? std::string("not recorded") : fact->unknown()->reason;
    text += "  What it loads isn't known: " + printable(reason) + "\n";
    return text;
  }
  text += failures_text(environment, style);
  text += Tree(document, environment, style, libraries).text();
  return text + extensions_text(document, environment, style);
}

}  // namespace

std::string load_map_text(const Document& document, const Style& style, Libraries libraries) {
  std::string text;
  for (const auto* const environment : document.of_kind("environment")) {
    if (environment->text("torch.version") == nullptr) continue;
    if (!text.empty()) text += "\n";
    text += environment_text(document, *environment, style, libraries);
  }
  return text.empty() ? "No environment with torch on " + printable(document.target) + ".\n" : text;
}

}  // namespace preflight::report
