// Whatever bytes a log holds, lines come out of it.
#include "log/lines.hpp"

#include <utility>
#include <vector>

#include "catch.hpp"

using namespace preflight;

namespace {

using Lines = std::vector<std::pair<std::int64_t, std::string>>;

Lines read(const std::vector<std::string>& pieces, std::int64_t* count = nullptr) {
  Lines lines;
  log::LineReader reader([&](const log::Line& line) { lines.emplace_back(line.number, line.text); });
  for (const auto& piece : pieces) reader.feed(piece);
  reader.finish();
  if (count != nullptr) *count = reader.lines();
  return lines;
}

}  // namespace

TEST_CASE("lines are counted by line feeds, wherever the pieces end") {
  std::int64_t count = 0;
  CHECK(read({"one\ntw", "o\n\nfo", "ur"}, &count) == Lines{{1, "one"}, {2, "two"}, {4, "four"}});
  CHECK(count == 4);
  CHECK(read({"one\r\n", "two\r\n"}) == Lines{{1, "one"}, {2, "two"}});
  CHECK(read({}, &count).empty());
  CHECK(count == 0);
}

TEST_CASE("a progress bar's states are lines of one number") {
  CHECK(read({" 10%\r 20%\rError\nnext"}) == Lines{{1, " 10%"}, {1, " 20%"}, {1, "Error"}, {2, "next"}});
}

TEST_CASE("escape sequences, NULs and control characters are taken out") {
  CHECK(read({"\x1b[1;31merror\x1b[0m: \x1b]0;title\ait\x1b]8;;x\x1b\\ fails\x7f\b\n"}) ==
        Lines{{1, "error: it fails"}});
  CHECK(read({std::string("\xff\xfe"
                          "E\0r\0r\0\n\0",
                          10)}) == Lines{{1,
                                          "\xff\xfe"
                                          "Err"}});
  CHECK(read({"\x1b[", "\x1b"}).empty());
}

TEST_CASE("a line without an end is read in pieces of one number") {
  const std::string part(log::kMostLineBytes, 'x');
  const auto lines = read({part + part + "y\nz"});
  CHECK(lines == Lines{{1, part}, {1, part}, {1, "y"}, {2, "z"}});
}
