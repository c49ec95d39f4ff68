// The program under test: in this process, or as a process of its own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sanitized.hpp"

namespace preflight::test {

using Arguments = std::vector<std::string>;

struct Outcome {
  int status = 0;  // of the exit, or 128 + the signal's number
  std::string out = {};
  std::string err = {};
  int process = 0;  // its id
};

// cli::run() with string streams.
Outcome call(const Arguments& arguments);

enum class Terminal { none, on_output };
enum class User { same, nobody };

struct Start {
  std::string input = {};              // standard input
  Arguments environment = {};          // "NAME=value", and nothing else
  Terminal terminal = Terminal::none;  // a pseudo-terminal as standard output
  User user = User::same;              // nobody: gives root's rights up
  std::size_t memory = 0;              // most address space in bytes, 0 for any; not limited under sanitizers
};

// The program as a process, killed (status 142) after 30 seconds.
Outcome start(const Arguments& arguments, const Start& how = {});

// Another command, by its path, in the same way.
Outcome start_command(const Arguments& command, const Start& how = {});

// Whether the output holds this part.
inline bool contains(const std::string& output, const std::string& part) {
  return output.find(part) != std::string::npos;
}

// In the order of the names.
inline std::vector<std::string> member_names(const nlohmann::json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

}  // namespace preflight::test
