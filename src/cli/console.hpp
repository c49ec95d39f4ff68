// Where a run prints, and what is at the other end. Results go to `out`, everything else to `err`.
#pragma once

#include <cstddef>
#include <ostream>

namespace preflight::cli {

enum class Colour { off, on };

// Whether to say on `err` where a long run is: only to a terminal.
enum class Progress { off, on };

struct Console {
  std::ostream& out;
  std::ostream& err;
  Colour colour = Colour::off;  // of `out`
  std::size_t width = 100;      // columns of `out`
  Progress progress = Progress::off;
};

}  // namespace preflight::cli
