// The stack in a few lines, from the card up to torch.
#pragma once

#include <string>
#include <vector>

#include "facts/document.hpp"

namespace preflight::report {

struct StackLine {
  std::string part;  // "driver"
  std::string text;  // "535.104.05, open module"
};

// GPUs, driver, CUDA toolkits, then for each environment with torch (the active one first; at most four):
// Python, torch, NCCL, cuDNN. What is unknown is said to be unknown.
std::vector<StackLine> stack_lines(const facts::Document& document);

}  // namespace preflight::report
