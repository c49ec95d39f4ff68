#include "smoke/frame.hpp"

#include <algorithm>

namespace preflight::smoke {

namespace {

constexpr std::string_view kMagic = "gpf1";

}  // namespace

std::string encode_frame(const Digest& digest, std::string_view payload) {
  std::string frame(kMagic);
  const auto size = static_cast<std::uint32_t>(payload.size());
  for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>((size >> shift) & 0xFFU);
  frame.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  frame += payload;
  return frame;
}

std::optional<Frame> FrameReader::next() {
  if (problem_ != Problem::none) return std::nullopt;
  const auto bytes = rest();
  const auto magic = bytes.substr(0, kMagic.size());
  if (magic != kMagic.substr(0, magic.size())) {
    problem_ = Problem::garbage;
    return std::nullopt;
  }
  if (bytes.size() < kFrameHead) return std::nullopt;
  std::uint32_t size = 0;
  for (std::size_t at = 0; at < 4; ++at) {
    size = size << 8U | static_cast<unsigned char>(bytes[kMagic.size() + at]);
  }
  if (size > most_payload_) {
    problem_ = Problem::too_large;
    return std::nullopt;
  }
  if (bytes.size() - kFrameHead < size) return std::nullopt;
  Frame frame;
  std::ranges::copy(bytes.substr(kMagic.size() + 4, kDigestSize), frame.digest.begin());
  frame.payload = bytes.substr(kFrameHead, size);
  begin_ += kFrameHead + size;
  // Moves what is left only when it's the smaller part, so that many frames cost linear time.
  if (begin_ * 2 >= buffer_.size()) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  return frame;
}

}  // namespace preflight::smoke
