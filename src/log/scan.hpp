// A log, in one pass: which signatures it holds, and where.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "log/lines.hpp"
#include "log/signatures.hpp"

namespace preflight::log {

// A signature is kept so many times with different captures.
constexpr std::size_t kMostVariants = 16;
// Of a line that matched, so much is kept.
constexpr std::size_t kMostTextBytes = 400;

// Lines with one signature and the same captures.
struct Message {
  std::size_t signature = 0;  // its place in the set
  std::int64_t line = 0;      // the first
  std::string text;           // of that line; the part around the match when it is long
  std::int64_t count = 0;     // how many lines
  Captures captures;
};

struct Scan {
  std::vector<Message> messages;  // in the order of their lines
  std::int64_t lines = 0;
  std::int64_t bytes = 0;
};

class Scanner {
 public:
  // The set must outlive it.
  explicit Scanner(const SignatureSet& set);

  void feed(std::string_view bytes);
  Scan finish();

 private:
  void read(const Line& line);
  void keep(std::size_t signature, int pattern, const Line& line);

  const SignatureSet& set_;
  LineReader lines_;
  Scan scan_;
  std::vector<int> found_;
  std::map<std::pair<std::size_t, Captures>, std::size_t> places_;  // in `scan_.messages`
  std::vector<std::size_t> variants_;                               // of each signature
};

}  // namespace preflight::log
