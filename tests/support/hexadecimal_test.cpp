#include "support/hexadecimal.hpp"

#include "catch.hpp"

using namespace preflight;

TEST_CASE("bytes come back from their text") {
  std::vector<unsigned char> all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<unsigned char>(byte));
  const auto text = to_hexadecimal(all);
  CHECK(text.size() == 512);
  CHECK(text.starts_with("000102030405060708090a0b"));
  CHECK(from_hexadecimal(text) == all);
}

TEST_CASE("what is no hexadecimal text gives no bytes") {
  for (const auto* text : {"", "0", "0g", "AB", "00 1", "0x00"}) CHECK(from_hexadecimal(text).empty());
}
