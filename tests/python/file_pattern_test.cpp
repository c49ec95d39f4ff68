#include "python/file_pattern.hpp"

#include <string>

#include "catch.hpp"

using preflight::python::matches_file_pattern;

TEST_CASE("patterns of file names") {
  CHECK(matches_file_pattern("libcudnn.so.*[0-9]", "libcudnn.so.9"));
  CHECK(matches_file_pattern("libcudnn.so.*[0-9]", "libcudnn.so.8.9.7"));
  CHECK_FALSE(matches_file_pattern("libcudnn.so.*[0-9]", "libcudnn.so"));
  CHECK_FALSE(matches_file_pattern("libcudnn.so.*[0-9]", "libcudnn.so."));
  CHECK_FALSE(matches_file_pattern("libcudnn.so.*[0-9]", "libcudnn.so.9.bak"));
  CHECK_FALSE(matches_file_pattern("libcublas.so.*[0-9]", "libcublasLt.so.12"));
  CHECK(matches_file_pattern("libnvrtc.so.*[0-9].*[0-9]", "libnvrtc.so.11.2"));
  CHECK_FALSE(matches_file_pattern("libnvrtc.so.*[0-9].*[0-9]", "libnvrtc.so.12"));
}

TEST_CASE("sets, lists and what is no set") {
  CHECK(matches_file_pattern("[a-c]x", "bx"));
  CHECK_FALSE(matches_file_pattern("[a-c]x", "dx"));
  CHECK(matches_file_pattern("[-9]", "-"));
  CHECK(matches_file_pattern("[ab0-9]", "b"));
  CHECK(matches_file_pattern("[]]", "]"));
  CHECK(matches_file_pattern("[", "["));
  CHECK(matches_file_pattern("", ""));
  CHECK(matches_file_pattern("**", ""));
  CHECK_FALSE(matches_file_pattern("", "a"));
}

TEST_CASE("a pattern of many stars is quick") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  CHECK_FALSE(matches_file_pattern(pattern + "b", std::string(2000, 'a')));
}
