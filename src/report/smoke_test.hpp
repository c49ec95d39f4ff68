// The smoke test in some lines: who took part, what came out, by which ways, how fast.
#pragma once

#include <string>
#include <vector>

#include "facts/document.hpp"

namespace preflight::report {

// Of a subject of kind smoke_test.
std::vector<std::string> smoke_test_lines(const facts::Subject& test);

}  // namespace preflight::report
