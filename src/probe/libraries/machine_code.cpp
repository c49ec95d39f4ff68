#include "probe/libraries/machine_code.hpp"

namespace preflight::probe::libraries {

namespace {

// Opcodes of the Intel 64 manual, volume 2.
constexpr unsigned kMoveToEax = 0xb8;
constexpr unsigned kReturn = 0xc3;
constexpr unsigned kLeave = 0xc9;
constexpr unsigned kPopFirst = 0x58;
constexpr unsigned kPopLast = 0x5f;
constexpr unsigned kExtendedRegister = 0x41;
constexpr unsigned kCall = 0xe8;
constexpr std::size_t kImmediateSize = 4;

unsigned at(std::span<const std::byte> code, std::size_t place) {
  return place < code.size() ? std::to_integer<unsigned>(code[place]) : 0;
}

std::uint32_t immediate(std::span<const std::byte> code, std::size_t place) {
  return at(code, place) | at(code, place + 1) << 8U | at(code, place + 2) << 16U |
         at(code, place + 3) << 24U;
}

bool returns_from(std::span<const std::byte> code, std::size_t place) {
  for (; place < code.size(); ++place) {
    const unsigned opcode = at(code, place);
    if (opcode == kReturn) return true;
    const bool restores =
        (opcode >= kPopFirst && opcode <= kPopLast) || opcode == kExtendedRegister || opcode == kLeave;
    if (!restores) return false;
  }
  return false;
}

}  // namespace

std::optional<std::uint32_t> returned_constant(std::span<const std::byte> code) {
  for (std::size_t place = 0; place + kImmediateSize < code.size(); ++place) {
    if (at(code, place) == kMoveToEax && returns_from(code, place + 1 + kImmediateSize)) {
      return immediate(code, place + 1);
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> stored_constant(std::span<const std::byte> code) {
  // endbr64, which a build with control-flow protection begins with
  if (immediate(code, 0) == 0xfa1e0ff3U) code = code.subspan(4);
  constexpr std::size_t kSize = 11;
  if (code.size() < kSize) return std::nullopt;
  const bool tests = at(code, 0) == 0x48 && at(code, 1) == 0x85 && at(code, 2) == 0xff && at(code, 3) == 0x74;
  const bool stores = at(code, 5) == 0xc7 && at(code, 6) == 0x07;
  if (!tests || !stores) return std::nullopt;
  return immediate(code, 7);
}

std::vector<std::uint64_t> call_targets(std::span<const std::byte> code, std::uint64_t address) {
  std::vector<std::uint64_t> targets;
  for (std::size_t place = 0; place + kImmediateSize < code.size(); ++place) {
    if (at(code, place) != kCall) continue;
    const auto distance = static_cast<std::int32_t>(immediate(code, place + 1));
    const std::uint64_t next = address + place + 1 + kImmediateSize;
    targets.push_back(next + static_cast<std::uint64_t>(std::int64_t{distance}));
  }
  return targets;
}

}  // namespace preflight::probe::libraries
