#include "support/problem.hpp"

namespace preflight {

std::string to_text(const Problem& problem) {
  std::string text = problem.file + ":" + std::to_string(problem.position.line) + ":" +
                     std::to_string(problem.position.column) + ": ";
  if (!problem.about.empty()) text += problem.about + ": ";
  return text + problem.message;
}

}  // namespace preflight
