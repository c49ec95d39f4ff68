// A function in a child process with a deadline: for code that may hang, crash or print where it shouldn't.
//
// The child is a fork of this process (which must have one thread only), in a process group of its own, with
// /dev/null as standard streams and no other descriptor than the one on which it reports, and one that may be
// given to it. It says which stage it enters, and hands over texts as it gets them, so that what it found
// before it hung or died is kept. Its owner may send it texts, too.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <poll.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/descriptor.hpp"

namespace preflight {

using Clock = std::chrono::steady_clock;

// The child's side.
class WorkerReport {
 public:
  explicit WorkerReport(int socket) : socket_(socket) {}

  // What is tried next: "cuInit". Cut off after 200 bytes.
  void stage(std::string_view name);
  // A piece of the result.
  void part(std::string_view text);
  // Waits for the next text that the owner sends. Without an owner the process ends.
  std::string receive();
  // Nothing follows; what the worker's function returning means.
  void done();

 private:
  void send(char kind, std::string_view text);
  void read_all(char* bytes, std::size_t count);

  int socket_;
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

struct WorkerOptions {
  std::size_t most_output = std::size_t{4} << 20;
  int kept = -1;  // a descriptor that the child has as kKeptDescriptor; stays the caller's
};

constexpr int kKeptDescriptor = 4;

// A child at work. Whoever lets go of it ends it.
class Worker {
 public:
  using Function = std::function<void(WorkerReport&)>;

  // An exception of `function` ends the child with exit status 70.
  explicit Worker(const Function& function, const WorkerOptions& options = {});
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  // For an owner with a loop of its own: polled() become readable when there is something to step() for;
  // where the kernel has no pidfd the second has no descriptor, and an end is noticed at the next step().
  // seen() is what has come so far; when over(), wait() tells the rest at once.
  std::array<pollfd, 2> polled() const;
  void step();
  const WorkerOutcome& seen() const { return outcome_; }
  bool over() const { return is_over_; }

  // For the child's receive(). What can't be sent at once is lost; the child is at its end, then, or not
  // receiving.
  void send(std::string_view text);

  // Waits until it ends, or until the deadline; then nothing of its process group is left, except what the
  // kernel does not let go of. To be called once.
  WorkerOutcome wait(Clock::time_point deadline);

  // The same for several that work side by side; the outcomes in their order. Those that are left at the
  // deadline end together.
  static std::vector<WorkerOutcome> wait_for_all(std::span<Worker* const> workers,
                                                 Clock::time_point deadline);

 private:
  enum class Reading { more, nothing, ended, bad };

  Reading read_some();
  bool take_frames();
  bool has_ended() const;
  // Reads what there is, and notices its end.
  void attend(Clock::time_point deadline);
  WorkerOutcome settle(Clock::time_point patience);
  void kill_group() const;
  void end_group(Clock::time_point patience);

  std::size_t most_output_;
  std::size_t received_ = 0;
  int process_ = -1;
  Descriptor socket_;
  Descriptor handle_;  // a pidfd, where the kernel has them
  std::string buffer_;
  bool is_done_ = false;
  bool is_over_ = true;
  WorkerOutcome outcome_;
};

// Both in one.
WorkerOutcome run_worker(const Worker::Function& function, Clock::time_point deadline,
                         const WorkerOptions& options = {});

}  // namespace preflight
