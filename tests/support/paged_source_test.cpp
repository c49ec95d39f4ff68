#include "support/paged_source.hpp"

#include <string>

#include "catch.hpp"

using preflight::ByteSource;
using preflight::ErrorKind;
using preflight::PagedSource;
using preflight::Result;

namespace {

// Counts how often it is read, and fails when told to.
class WatchedSource final : public ByteSource {
 public:
  explicit WatchedSource(std::string bytes) : bytes_(std::move(bytes)) {}

  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
    ++reads;
    if (fails) return preflight::Error{ErrorKind::io, "broken"};
    return preflight::BufferSource(std::as_bytes(std::span(bytes_))).read_at(offset, buffer);
  }

  mutable int reads = 0;
  bool fails = false;

 private:
  std::string bytes_;
};

std::string sample(std::size_t size) {
  std::string bytes;
  for (std::size_t at = 0; at < size; ++at) bytes += static_cast<char>(at * 7 + at / 251);
  return bytes;
}

std::string read(const ByteSource& source, std::uint64_t offset, std::size_t size) {
  std::string buffer(size, '?');
  const auto count = source.read_at(offset, std::as_writable_bytes(std::span(buffer)));
  REQUIRE(count);
  return buffer.substr(0, *count);
}

}  // namespace

TEST_CASE("pages give the bytes of their source, each read once") {
  const std::string bytes = sample(3 * PagedSource::kPageSize + 100);
  auto owned = std::make_unique<WatchedSource>(bytes);
  const auto& watched = *owned;
  const PagedSource source(std::move(owned));
  CHECK(source.size() == bytes.size());
  for (int turn = 0; turn < 2; ++turn) {
    for (std::size_t at = 0; at < bytes.size(); at += 777)
      CHECK(read(source, at, 900) == bytes.substr(at, 900));
  }
  CHECK(watched.reads == 4);
  CHECK(read(source, bytes.size() - 3, 10) == bytes.substr(bytes.size() - 3));
  CHECK(read(source, bytes.size(), 10).empty());
  CHECK(read(source, UINT64_MAX - 3, 10).empty());
  CHECK(read(source, 5, 0).empty());
}

TEST_CASE("reads as large as a page are passed through") {
  const std::string bytes = sample(4 * PagedSource::kPageSize);
  auto owned = std::make_unique<WatchedSource>(bytes);
  const auto& watched = *owned;
  const PagedSource source(std::move(owned));
  for (int turn = 0; turn < 2; ++turn) {
    CHECK(read(source, 10, 2 * PagedSource::kPageSize) == bytes.substr(10, 2 * PagedSource::kPageSize));
  }
  CHECK(watched.reads == 2);
}

TEST_CASE("more than is kept can be read") {
  const std::string bytes = sample(PagedSource::kMostKept + 3 * PagedSource::kPageSize);
  const PagedSource source(std::make_unique<WatchedSource>(bytes));
  for (std::size_t at = 0; at < bytes.size(); at += PagedSource::kPageSize) {
    if (read(source, at, 5) != bytes.substr(at, 5)) FAIL(at);
  }
  CHECK(read(source, 0, 5) == bytes.substr(0, 5));
}

TEST_CASE("a failure is told each time, and not kept") {
  auto owned = std::make_unique<WatchedSource>(sample(100));
  auto& watched = *owned;
  const PagedSource source(std::move(owned));
  watched.fails = true;
  std::byte byte{};
  CHECK(source.read_at(0, {&byte, 1}).error().kind == ErrorKind::io);
  watched.fails = false;
  CHECK(source.read_at(0, {&byte, 1}));
}
