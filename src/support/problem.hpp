// What is wrong in a file of the database, for its authors.
#pragma once

#include <string>

#include "support/position.hpp"

namespace preflight {

struct Problem {
  std::string file;
  Position position;
  std::string about;  // the rule or signature, by its id; empty when the problem is not within one
  std::string message;
};

// "rules/driver.json:12:34: driver-too-old: there is no fact 'driver.version'"
std::string to_text(const Problem& problem);

}  // namespace preflight
