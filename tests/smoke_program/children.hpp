// Forked processes that a test gives work to, and gets the outcome from.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "smoke/clock.hpp"

namespace preflight::smoke {

// What became of a child.
struct ChildOutcome {
  std::optional<int> exit_status;
  std::optional<int> signal;
  Milliseconds took{0};
};

class Children {
 public:
  // Orphans of these children come to this process.
  Children();
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  // Kills those that are left.
  ~Children();

  // The function's result is the child's exit status.
  void start(const std::function<int()>& work);

  std::size_t count() const { return processes_.size(); }
  pid_t process(std::size_t index) const { return processes_[index]; }

  // Waits for all; those that live longer than the limit are killed (signal 9).
  std::vector<ChildOutcome> wait(Milliseconds limit);

  // After wait(): no process that a child has started lives on. Waits for what was just killed.
  static bool nothing_left();

 private:
  std::vector<pid_t> processes_;
};

// A folder that is removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;

 private:
  std::string folder_;
};

}  // namespace preflight::smoke
