// A function in a child process with a deadline: for code that may hang, crash or print where it shouldn't.
//
// The child is a fork of this process (which must have one thread only), in a process group of its own, with
// /dev/null as standard streams and no other descriptor than the pipe on which it reports. It says which
// stage it enters, and hands over texts as it gets them, so that what it found before it hung or died is
// kept.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/descriptor.hpp"

namespace preflight {

using Clock = std::chrono::steady_clock;

// The child's side of the pipe.
class WorkerReport {
 public:
  explicit WorkerReport(int pipe) : pipe_(pipe) {}

  // What is tried next: "cuInit". Cut off after 200 bytes.
  void stage(std::string_view name);
  // A piece of the result.
  void part(std::string_view text);
  // Nothing follows; what the worker's function returning means.
  void done();

 private:
  void send(char kind, std::string_view text);

  int pipe_;
};

enum class WorkerEnd {
  finished,
  crashed,      // a signal that we did not send
  exited,       // ended without having finished
  hung,         // still running at the deadline; killed
  stuck,        // the same, and not even killing ended it: given up
  garbage,      // what came is not what a worker sends
  flooded,      // more came than the limit
  not_started,  // there is no child
};

struct WorkerOutcome {
  WorkerEnd end = WorkerEnd::not_started;
  int number = 0;     // the signal, the exit status, or errno of the start
  std::string stage;  // the last one that it entered; empty when there was none
  std::vector<std::string> parts;
};

// For people: "crashed (Segmentation fault) in cuInit".
std::string to_text(const WorkerOutcome& outcome);

constexpr std::size_t kMostWorkerOutput = std::size_t{4} << 20;

// A child at work. Whoever lets go of it ends it.
class Worker {
 public:
  using Function = std::function<void(WorkerReport&)>;

  // An exception of `function` ends the child with exit status 70.
  explicit Worker(const Function& function, std::size_t most_output = kMostWorkerOutput);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  // Waits until it ends, or until the deadline; then nothing of its process group is left, except what the
  // kernel does not let go of. To be called once.
  WorkerOutcome wait(Clock::time_point deadline);

  // The same for several that work side by side; the outcomes in their order.
  static std::vector<WorkerOutcome> wait_for_all(std::span<Worker* const> workers,
                                                 Clock::time_point deadline);

 private:
  enum class Reading { more, nothing, ended, bad };

  Reading read_some();
  bool take_frames();
  bool has_ended() const;
  // Reads what there is, and notices its end.
  void attend(Clock::time_point deadline);
  WorkerOutcome settle();
  void end_group(Clock::time_point patience);

  std::size_t most_output_;
  std::size_t received_ = 0;
  int process_ = -1;
  Descriptor pipe_;
  Descriptor handle_;  // a pidfd, where the kernel has them
  std::string buffer_;
  bool is_done_ = false;
  bool is_over_ = true;
  WorkerOutcome outcome_;
};

// Both in one.
WorkerOutcome run_worker(const Worker::Function& function, Clock::time_point deadline,
                         std::size_t most_output = kMostWorkerOutput);

}  // namespace preflight
