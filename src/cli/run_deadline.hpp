// Ends this process when a run takes longer than it may: reading files can hang, too (a network mount whose
// server is gone, a FUSE server that does not answer).
#pragma once

#include <ctime>

namespace preflight::cli {

// While it lives. A run that is late says so on standard error and exits as "undetermined"; one that sleeps
// in the kernel so that it can't is killed half a second later (status 137). There can be one at a time,
// since a process has one alarm clock; exec(2) does not pass it on.
class RunDeadline {
 public:
  explicit RunDeadline(double seconds);
  RunDeadline(const RunDeadline&) = delete;
  RunDeadline& operator=(const RunDeadline&) = delete;
  ~RunDeadline();

 private:
  timer_t kill_ = {};
  bool has_kill_ = false;
};

}  // namespace preflight::cli
