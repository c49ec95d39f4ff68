// Frames on a byte stream: "gpf1", the payload's length (4 bytes, most significant first), a keyed digest
// (32 bytes), the payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "smoke/token.hpp"

namespace preflight::smoke {

constexpr std::size_t kFrameHead = 4 + 4 + kDigestSize;

struct Frame {
  Digest digest{};
  std::string payload;
};

std::string encode_frame(const Digest& digest, std::string_view payload);

// Cuts a stream into frames. After something wrong it takes nothing more.
class FrameReader {
 public:
  enum class Problem {
    none,
    garbage,   // doesn't begin like a frame
    too_large  // announces a payload over the limit
  };

  explicit FrameReader(std::size_t most_payload) : most_payload_(most_payload) {}

  void set_limit(std::size_t most_payload) { most_payload_ = most_payload; }

  void append(std::string_view bytes) { buffer_ += bytes; }

  // The next whole frame, if there is one.
  std::optional<Frame> next();

  Problem problem() const { return problem_; }

  // What was read and isn't a whole frame yet.
  std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }

 private:
  std::size_t most_payload_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what hasn't been taken from the buffer yet
  Problem problem_ = Problem::none;
};

}  // namespace preflight::smoke
