#include "python/torch_preloads.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include "python/source_tokens.hpp"
#include "support/text.hpp"

namespace preflight::python {

namespace {

using Tokens = std::span<const Token>;

constexpr std::string_view kListName = "cuda_libs";
constexpr std::string_view kAllFunction = "_preload_cuda_deps";
constexpr std::string_view kOneFunction = "_preload_cuda_lib";

// The module's functions that matter.
struct Module {
  std::vector<Token> load;  // _load_global_deps
  std::vector<Token> all;   // _preload_cuda_deps; in new releases it holds the list
};

bool is_at(Tokens tokens, std::size_t at, std::string_view expected) {
  return at < tokens.size() && tokens[at].is(expected);
}

bool is_text_at(Tokens tokens, std::size_t at) {
  return at < tokens.size() && tokens[at].is_text();
}

// The place behind the bracket that closes the one at `open`, or the end.
std::size_t end_of_brackets(Tokens tokens, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t at = open; at < tokens.size(); ++at) {
    if (is_at(tokens, at, "(") || is_at(tokens, at, "[") || is_at(tokens, at, "{")) ++depth;
    if (is_at(tokens, at, ")") || is_at(tokens, at, "]") || is_at(tokens, at, "}")) --depth;
    if (depth == 0) return at + 1;
  }
  return tokens.size();
}

// {"cublas": "libcublas.so.*[0-9]", ...} or [("cublas", "libcublas.so.*[0-9]"), ...].
std::vector<Preload> pairs_in(Tokens tokens) {
  std::vector<Preload> pairs;
  for (std::size_t at = 0; at + 2 < tokens.size(); ++at) {
    if (!is_text_at(tokens, at) || !is_text_at(tokens, at + 2)) continue;
    if (!is_at(tokens, at + 1, ":") && !is_at(tokens, at + 1, ",")) continue;
    pairs.push_back({std::string(tokens[at].value), std::string(tokens[at + 2].value)});
    at += 2;
  }
  return pairs;
}

bool says_optional(Tokens arguments) {
  for (std::size_t at = 0; at + 2 < arguments.size(); ++at) {
    if (is_at(arguments, at, "required") && is_at(arguments, at + 1, "=") &&
        is_at(arguments, at + 2, "False"))
      return true;
  }
  return false;
}

// 12 of "if t_major >= 12:" directly before a place; else 0.
int bound_before(Tokens tokens, std::size_t at) {
  if (at < 4 || !is_at(tokens, at - 1, ":") || !is_at(tokens, at - 3, "=") || !is_at(tokens, at - 4, ">"))
    return 0;
  return static_cast<int>(std::clamp(to_integer(tokens[at - 2].value).value_or(0), 0LL, 1000LL));
}

// Follows a piece of code from top to bottom: what it puts on the list, and what it preloads.
class Reader {
 public:
  explicit Reader(const Module& module) : module_(&module) {}

  std::vector<Preload> read(Tokens tokens, bool required = true) {
    std::vector<Preload> preloads;
    std::vector<Preload> list;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
      if (tokens[at].is(kListName)) {
        at = read_list(tokens, at, list);
      } else if (tokens[at].is("nvidia_path") && names_file(tokens, at)) {
        preloads.push_back({std::string(tokens[at + 2].value), std::string(tokens[at + 6].value), required});
      } else if (tokens[at].is("for") && loops_over_list(tokens, at)) {
        for (auto one : list) {
          one.required = required;
          preloads.push_back(std::move(one));
        }
      } else if (is_at(tokens, at + 1, "(") && (tokens[at].is(kAllFunction) || tokens[at].is(kOneFunction))) {
        const auto end = end_of_brackets(tokens, at + 1);
        add_call(tokens.subspan(at + 2, end - at - 2), preloads);
        at = end - 1;
      }
    }
    return preloads;
  }

 private:
  // `cuda_libs: dict[str, str] = {...}` and `cuda_libs["cufile"] = "..."`; returns the last place read.
  static std::size_t read_list(Tokens tokens, std::size_t at, std::vector<Preload>& list) {
    if (is_at(tokens, at + 1, "[") && is_text_at(tokens, at + 2) && is_at(tokens, at + 4, "=") &&
        is_text_at(tokens, at + 5)) {
      list.push_back({std::string(tokens[at + 2].value), std::string(tokens[at + 5].value), true,
                      bound_before(tokens, at)});
      return at + 5;
    }
    auto equals = at + 1;
    if (is_at(tokens, equals, ":")) {
      while (equals < tokens.size() && !is_at(tokens, equals, "=")) ++equals;
    }
    if (!is_at(tokens, equals, "=") || (!is_at(tokens, equals + 1, "{") && !is_at(tokens, equals + 1, "[")))
      return at;
    const auto end = end_of_brackets(tokens, equals + 1);
    list = pairs_in(tokens.subspan(equals + 1, end - equals - 1));
    return end - 1;
  }

  // `for folder, name in cuda_libs:` and `... in cuda_libs.items():`; no comprehension over the list.
  static bool loops_over_list(Tokens tokens, std::size_t at) {
    return is_at(tokens, at + 2, ",") && is_at(tokens, at + 4, "in") && is_at(tokens, at + 5, kListName) &&
           (is_at(tokens, at + 6, ":") || is_at(tokens, at + 6, "."));
  }

  // 1.13: os.path.join(nvidia_path, "cublas", "lib", "libcublas.so.11")
  static bool names_file(Tokens tokens, std::size_t at) {
    return is_text_at(tokens, at + 2) && is_text_at(tokens, at + 4) && tokens[at + 4].value == "lib" &&
           is_text_at(tokens, at + 6);
  }

  void add_call(Tokens arguments, std::vector<Preload>& preloads) {
    const bool required = !says_optional(arguments);
    if (is_text_at(arguments, 0) && is_text_at(arguments, 2)) {
      preloads.push_back({std::string(arguments[0].value), std::string(arguments[2].value), required});
      return;
    }
    // The call inside of a loop over the list was counted with the loop.
    if (is_at(arguments, 1, ",") && !is_at(arguments, 2, "required")) return;
    if (inside_all_) return;
    inside_all_ = true;
    auto all = read(module_->all, required);
    preloads.insert(preloads.end(), std::make_move_iterator(all.begin()), std::make_move_iterator(all.end()));
    inside_all_ = false;
  }

  const Module* module_;
  bool inside_all_ = false;
};

// "libcudart.so" of `if "libcudart.so" not in _maps:`.
std::string condition_in(Tokens tokens) {
  for (std::size_t at = 0; at + 4 < tokens.size(); ++at) {
    if (is_at(tokens, at, "if") && is_text_at(tokens, at + 1) && is_at(tokens, at + 2, "not") &&
        is_at(tokens, at + 3, "in"))
      return std::string(tokens[at + 1].value);
  }
  return {};
}

bool calls_preload(Tokens tokens) {
  return std::ranges::any_of(
      tokens, [](const Token& token) { return token.is(kAllFunction) || token.is(kOneFunction); });
}

// Whether the tokens of a piece of code stand somewhere one after another.
bool has_code(Tokens tokens, std::string_view code) {
  const auto wanted = source_tokens(code);
  const auto same = [](const Token& left, const Token& right) {
    return left.kind == right.kind && left.value == right.value;
  };
  return std::search(tokens.begin(), tokens.end(), wanted.begin(), wanted.end(), same) != tokens.end();
}

void read_places(std::string_view module, TorchPreloads& preloads) {
  std::vector<Token> tokens;
  for (const std::string_view function : {"_get_cuda_dep_paths", "_preload_cuda_deps"}) {
    const auto more = source_tokens(function_body(module, function));
    tokens.insert(tokens.end(), more.begin(), more.end());
  }
  preloads.looks_in_cuda_major = has_code(tokens, R"("nvidia", f"cu{maj_cuda_version}", "lib")");
  preloads.looks_beside_nvidia = has_code(tokens, R"(os.path.join(path, lib_folder, "lib", lib_name))");
  preloads.only_beside_nvidia = has_code(tokens, "if not os.path.exists(nvidia_path): continue");
}

}  // namespace

Result<TorchPreloads> read_torch_preloads(std::string_view text) {
  const Module module{source_tokens(function_body(text, "_load_global_deps")),
                      source_tokens(function_body(text, kAllFunction))};
  const auto code = Tokens(module.load);
  constexpr auto kFailed = [](const Token& left, const Token& right) {
    return left.is("except") && right.is("OSError");
  };
  const auto failed = std::ranges::adjacent_find(code, kFailed) - code.begin();
  const auto loaded = code.first(static_cast<std::size_t>(failed));
  TorchPreloads preloads;
  Reader reader(module);
  preloads.after = reader.read(loaded);
  preloads.on_error = reader.read(code.subspan(loaded.size()));
  if (!preloads.after.empty()) preloads.condition = condition_in(loaded);
  const bool is_first_known = preloads.after.empty() ? !calls_preload(loaded) : !preloads.condition.empty();
  if (!is_first_known || (calls_preload(code.subspan(loaded.size())) && preloads.on_error.empty())) {
    return Error{ErrorKind::malformed, "_load_global_deps preloads libraries in a way that isn't known"};
  }
  read_places(text, preloads);
  return preloads;
}

std::vector<std::string> preload_directories(const TorchPreloads& preloads, std::string_view folder,
                                             int cuda_major) {
  std::vector<std::string> directories = {"nvidia/" + std::string(folder) + "/lib"};
  if (preloads.looks_in_cuda_major && cuda_major > 0) {
    directories.push_back("nvidia/cu" + std::to_string(cuda_major) + "/lib");
  }
  if (preloads.looks_beside_nvidia) directories.push_back(std::string(folder) + "/lib");
  return directories;
}

bool is_about(const std::vector<Preload>& preloads, std::string_view message) {
  return std::ranges::any_of(preloads, [&](const Preload& one) {
    return one.required &&
           message.find(one.pattern.substr(0, one.pattern.find('.'))) != std::string_view::npos;
  });
}

}  // namespace preflight::python
