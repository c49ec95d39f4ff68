#include "gpu/text.hpp"

#include "catch.hpp"

using namespace preflight;

TEST_CASE("numbers of versions are put into words") {
  CHECK(gpu::cuda_version_text(12020) == "12.2");
  CHECK(gpu::cuda_version_text(13000) == "13.0");
  CHECK(gpu::nccl_version_text(2804) == "2.8.4");
  CHECK(gpu::nccl_version_text(20906) == "2.9.6");
  CHECK(gpu::nccl_version_text(22809) == "2.28.9");
}

TEST_CASE("what is in a buffer ends at its NUL, or with the buffer") {
  std::array<unsigned char, 16> uuid{};
  uuid.front() = 0xab;
  uuid.back() = 0x01;
  CHECK(gpu::uuid_text(uuid) == "ab000000-0000-0000-0000-000000000001");
  CHECK(gpu::text_in(std::array<char, 3>{'a', 'b', 'c'}) == "abc");
  CHECK(gpu::text_in(std::array<char, 3>{'a', '\0', 'c'}) == "a");
}
