#pragma once

#include <string>

#include "catch.hpp"
#include "elf/file.hpp"

namespace preflight::test {

// A file together with the bytes that it stands on.
class Opened {
 public:
  explicit Opened(std::string bytes)
      : bytes_(std::move(bytes)),
        source_(std::as_bytes(std::span(bytes_))),
        file_(elf::File::open(source_)) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  const Result<elf::File>& result() const { return file_; }
  const elf::File& operator*() const {
    REQUIRE(file_);
    return *file_;
  }

 private:
  std::string bytes_;
  BufferSource source_;
  Result<elf::File> file_;
};

}  // namespace preflight::test
