#include "probe/installed_module.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "elf/file.hpp"
#include "support/text.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe {

namespace {

constexpr std::array<std::string_view, 4> kDebianNames = {"nvidia-current", "nvidia-tesla", "nvidia-legacy",
                                                          "nvidia-open"};
constexpr std::array<std::string_view, 5> kCompanions = {"-uvm", "-drm", "-modeset", "-peermem", "-fs"};
constexpr std::uint64_t kLargestModinfo = std::uint64_t{1} << 20U;

bool is_nvidia_module(std::string_view path) {
  const auto name = target::base_name(path);
  const auto end = name.find(".ko");
  if (end == std::string_view::npos) return false;
  const auto stem = name.substr(0, end);
  if (stem == "nvidia") return true;
  const auto begins = [&](std::string_view prefix) { return stem.starts_with(prefix); };
  const auto ends = [&](std::string_view suffix) { return stem.ends_with(suffix); };
  return std::ranges::any_of(kDebianNames, begins) && std::ranges::none_of(kCompanions, ends);
}

}  // namespace

std::optional<std::string> find_nvidia_module(std::string_view modules_dep) {
  std::optional<std::string> first;
  for (const auto line : lines(modules_dep)) {
    const auto path = line.substr(0, line.find(':'));
    if (!is_nvidia_module(path)) continue;
    if (path.starts_with("updates/")) return std::string(path);
    if (!first) first = std::string(path);
  }
  return first;
}

Result<std::string> read_module_version(const ByteSource& module) {
  const auto file = elf::File::open(module);
  if (!file) return file.error();
  const auto section = file->section(".modinfo");
  if (!section) return section.error();
  const auto bytes = file->read(section->offset, std::min(section->size, kLargestModinfo));
  if (!bytes) return bytes.error();
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  constexpr std::string_view kKey = "version=";
  for (const auto field : split(text, '\0')) {
    if (field.starts_with(kKey)) return std::string(field.substr(kKey.size()));
  }
  return Error{ErrorKind::not_found, "the module states no version"};
}

Result<bool> is_signed_module(const ByteSource& module) {
  constexpr std::string_view kMark = "~Module signature appended~\n";
  if (module.size() < kMark.size()) return false;
  std::array<char, kMark.size()> end{};
  const auto read = module.read_at(module.size() - kMark.size(), std::as_writable_bytes(std::span(end)));
  if (!read) return read.error();
  return *read == kMark.size() && std::string_view(end.data(), end.size()) == kMark;
}

}  // namespace preflight::probe
