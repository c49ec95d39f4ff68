#include "collect_env/packages.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include "support/text.hpp"

namespace preflight::collect_env {

namespace {

struct Package {
  std::string_view name;
  std::string_view version;
};

// What follows the tag of the line; empty for another line.
std::optional<std::string_view> after_tag(std::string_view line, std::string_view tag) {
  if (!line.starts_with(tag)) return std::nullopt;
  line.remove_prefix(tag.size());
  if (line.starts_with('3') || line.starts_with('2')) line.remove_prefix(1);
  if (!line.starts_with(']')) return std::nullopt;
  return trim(line.substr(1));
}

bool is_name(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !text.empty() && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

// "torch==2.2.0", and of the first vintages "torch (0.4.1)" and what pip freeze prints: "torch @
// file:///...",
// "-e git+https://...#egg=torch". Where pip prints an address there is no version, and the address may hold a
// secret: the version is then a text that nobody takes for one.
std::optional<Package> pip_package(std::string_view text) {
  constexpr std::string_view kNoVersion = "(no version in the dump)";
  constexpr std::string_view kEgg = "#egg=";
  if (const auto egg = text.find(kEgg); egg != std::string_view::npos) {
    text.remove_prefix(egg + kEgg.size());
    return Package{text.substr(0, text.find_first_of("&[ ")), kNoVersion};
  }
  if (const auto equals = text.find("=="); equals != std::string_view::npos) {
    const auto version = text.find_first_not_of('=', equals);
    if (version == std::string_view::npos) return std::nullopt;
    return Package{text.substr(0, equals), trim(text.substr(version))};
  }
  const auto pieces = words(text);
  if (pieces.size() >= 2 && pieces[1] == "@") return Package{pieces[0], kNoVersion};
  if (pieces.size() == 2 && pieces[1].starts_with('(') && pieces[1].ends_with(')')) {
    return Package{pieces[0], pieces[1].substr(1, pieces[1].size() - 2)};
  }
  return std::nullopt;
}

std::optional<Package> conda_package(std::string_view text) {
  const auto pieces = words(text);
  if (pieces.size() < 2 || text.starts_with("Could not collect") || text.starts_with("No relevant")) {
    return std::nullopt;
  }
  return Package{pieces[0], pieces[1]};
}

template <class Read>
PackageList read_list(const Dump& dump, std::string_view tag, const Read& read) {
  PackageList list;
  for (const auto& line : dump.lines) {
    const auto text = after_tag(line.text, tag);
    if (!text) {
      if (list.state == ListState::cut && !line.text.empty() &&
          (line.whole || line.text.starts_with("[conda]"))) {
        list.state = ListState::whole;
      }
      continue;
    }
    if (*text == "Could not collect") {
      list.state = ListState::not_collected;
      continue;
    }
    list.state = ListState::cut;
    const auto package = read(*text);
    if (line.whole && package && is_name(package->name)) {
      list.versions.try_emplace(std::string(package->name), package->version);
    }
  }
  if (list.state == ListState::cut && dump.text_follows) list.state = ListState::whole;
  return list;
}

}  // namespace

PackageList pip_packages(const Dump& dump) {
  return read_list(dump, "[pip", pip_package);
}

PackageList conda_packages(const Dump& dump) {
  return read_list(dump, "[conda", conda_package);
}

}  // namespace preflight::collect_env
