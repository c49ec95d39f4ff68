// Where a run prints, and what is at the other end. Results go to `out`, everything else to `err`.
#pragma once

#include <cstddef>
#include <ostream>

namespace preflight::cli {

enum class Colour { off, on };

struct Console {
  std::ostream& out;
  std::ostream& err;
  Colour colour = Colour::off;  // of `out`
  std::size_t width = 100;      // columns of `out`
};

}  // namespace preflight::cli
