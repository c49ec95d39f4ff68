#include "cli/run_deadline.hpp"

#include <cmath>
#include <csignal>
#include <string_view>
#include <sys/time.h>
#include <unistd.h>

#include "cli/exit_status.hpp"

namespace preflight::cli {

namespace {

constexpr double kPatience = 0.5;

// Only what a signal handler may call (signal-safety(7)).
void give_up(int /*signal*/) {
  constexpr std::string_view kText =
      "gpu-preflight: the deadline has passed while files were read: something on this machine does not "
      "answer (a network mount?); --deadline allows more time\n";
  const auto written = ::write(STDERR_FILENO, kText.data(), kText.size());
  static_cast<void>(written);
  ::_exit(kUndetermined);
}

timespec time_of(double seconds) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(std::floor(seconds));
  time.tv_nsec = static_cast<long>((seconds - std::floor(seconds)) * 1e9);
  return time;
}

void set_alarm(double seconds) {
  const auto time = time_of(seconds);
  itimerval timer{};
  timer.it_value = {time.tv_sec, time.tv_nsec / 1000};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

RunDeadline::RunDeadline(double seconds) {
  struct sigaction action {};
  action.sa_handler = give_up;
  ::sigaction(SIGALRM, &action, nullptr);
  set_alarm(seconds);
  // A handler does not run in a sleep that only a fatal signal ends, as on a dead NFS or FUSE mount.
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  has_kill_ = ::timer_create(CLOCK_MONOTONIC, &event, &kill_) == 0;
  itimerspec timer{};
  timer.it_value = time_of(seconds + kPatience);
  if (has_kill_) ::timer_settime(kill_, 0, &timer, nullptr);
}

RunDeadline::~RunDeadline() {
  if (has_kill_) ::timer_delete(kill_);
  set_alarm(0);
  ::signal(SIGALRM, SIG_DFL);
}

}  // namespace preflight::cli
