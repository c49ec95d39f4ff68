#include "probe/mounts.hpp"

#include <algorithm>

#include "support/text.hpp"

namespace preflight::probe {

namespace {

bool is_octal(char character) {
  return character >= '0' && character <= '7';
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '\\' && at + 3 < text.size() && is_octal(text[at + 1]) &&
                        is_octal(text[at + 2]) && is_octal(text[at + 3]);
    if (!escape) {
      plain += text[at];
      continue;
    }
    const int code = (text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0');
    plain += static_cast<char>(static_cast<unsigned char>(code & 0xff));
    at += 3;
  }
  return plain;
}

}  // namespace

std::vector<Mount> parse_mounts(std::string_view text) {
  std::vector<Mount> mounts;
  for (const auto line : lines(text)) {
    const auto fields = words(line);
    constexpr std::ptrdiff_t kBeforeOptional = 6;
    if (fields.size() < kBeforeOptional) continue;
    const auto dash = std::find(fields.begin() + kBeforeOptional, fields.end(), "-");
    if (fields.end() - dash < 4) continue;  // the dash, type, source, options
    mounts.push_back({unescaped(fields[3]), unescaped(fields[4]), std::string(dash[1]), unescaped(dash[2]),
                      unescaped(dash[3])});
  }
  return mounts;
}

const Mount* find_mount(const std::vector<Mount>& mounts, std::string_view point) {
  const auto found =
      std::find_if(mounts.rbegin(), mounts.rend(), [&](const Mount& mount) { return mount.point == point; });
  return found == mounts.rend() ? nullptr : &*found;
}

std::string_view mount_option(const Mount& mount, std::string_view name) {
  for (const auto option : split(mount.options, ',')) {
    const auto equals = option.find('=');
    if (equals != std::string_view::npos && option.substr(0, equals) == name)
      return option.substr(equals + 1);
  }
  return {};
}

}  // namespace preflight::probe
