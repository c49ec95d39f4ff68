#include "support/worker.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace preflight {

namespace {

using std::chrono::milliseconds;

constexpr char kStage = 'S';
constexpr char kPart = 'P';
constexpr char kDone = 'D';
constexpr std::size_t kHeader = 5;  // kind and length, the lowest byte first
constexpr std::size_t kMostStage = 200;
constexpr std::size_t kMostSent = std::size_t{1} << 20;
constexpr int kReport = 3;
constexpr int kExceptionStatus = 70;
// For a killed process to be gone. One in uninterruptible sleep may take for ever.
constexpr milliseconds kKillPatience{250};
constexpr milliseconds kPollStep{20};  // between looks at a child where the kernel has no pidfd

void close_from(int first) {
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
#endif
  constexpr long kMostDescriptors = 65536;  // where the limit is near infinity
  const long limit = std::min(::sysconf(_SC_OPEN_MAX), kMostDescriptors);
  for (int number = first; number < limit; ++number) ::close(number);
}

void restore_signals() {
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGCHLD, SIGSEGV, SIGBUS,
                           SIGABRT, SIGFPE, SIGILL}) {
    ::signal(number, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Both may stand where the other is to be.
bool place(int report, int kept) {
  const int last = kKeptDescriptor + 1;
  const int safe_report = ::fcntl(report, F_DUPFD, last);
  const int safe_kept = kept < 0 ? -1 : ::fcntl(kept, F_DUPFD, last);
  if (safe_report < 0 || ::dup2(safe_report, kReport) < 0) return false;
  return kept < 0 || (safe_kept >= 0 && ::dup2(safe_kept, kKeptDescriptor) >= 0);
}

// In the child: only /dev/null, its report, what it keeps, no core file, and no life without the parent.
bool shut_in(int report, int kept, int parent) {
  ::setpgid(0, 0);
  restore_signals();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) return false;
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (!place(report, kept)) return false;
  const int nothing = ::open("/dev/null", O_RDWR);
  if (nothing < 0) return false;
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::dup2(nothing, stream) < 0) return false;
  }
  close_from(kept < 0 ? kKeptDescriptor : kKeptDescriptor + 1);
  return true;
}

[[noreturn]] void work(const Worker::Function& function, int socket, int kept, int parent) {
  if (!shut_in(socket, kept, parent)) ::_exit(kExceptionStatus);
  try {
    WorkerReport report(kReport);
    function(report);
    report.done();
  } catch (const std::exception&) {
    ::_exit(kExceptionStatus);
  }
  // Not exit(): the parent's buffered output and the vendor's destructors are not this process' work.
  ::_exit(0);
}

std::string frame_of(char kind, std::string_view text) {
  std::string frame(1, kind);
  for (unsigned shift = 0; shift < 32; shift += 8) {
    frame += static_cast<char>(static_cast<unsigned char>(text.size() >> shift));
  }
  return frame.append(text);
}

std::size_t length_in(std::string_view header) {
  std::size_t length = 0;
  for (std::size_t place = kHeader - 1; place > 0; --place) {
    length = length << 8U | static_cast<unsigned char>(header[place]);
  }
  return length;
}

int milliseconds_until(Clock::time_point when) {
  const auto left = std::chrono::ceil<milliseconds>(when - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 1'000'000'000));
}

}  // namespace

void WorkerReport::send(char kind, std::string_view text) {
  const std::string frame = frame_of(kind, text);
  std::string_view rest = frame;
  while (!rest.empty()) {
    const auto count = ::write(socket_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) ::_exit(kExceptionStatus);  // nobody listens
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

void WorkerReport::stage(std::string_view name) {
  send(kStage, name.substr(0, kMostStage));
}

void WorkerReport::part(std::string_view text) {
  send(kPart, text);
}

void WorkerReport::read_all(char* bytes, std::size_t count) {
  while (count > 0) {
    const auto got = ::read(socket_, bytes, count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) ::_exit(kExceptionStatus);
    bytes += got;
    count -= static_cast<std::size_t>(got);
  }
}

std::string WorkerReport::receive() {
  std::array<char, kHeader> header{};
  read_all(header.data(), header.size());
  const auto length = length_in({header.data(), header.size()});
  if (length > kMostSent) ::_exit(kExceptionStatus);
  std::string text(length, '\0');
  read_all(text.data(), text.size());
  return text;
}

void WorkerReport::done() {
  send(kDone, {});
}

Worker::Worker(const Function& function, const WorkerOptions& options) : most_output_(options.most_output) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    outcome_.number = errno;
    return;
  }
  socket_ = Descriptor(ends[0]);
  const Descriptor theirs(ends[1]);
  const int parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) work(function, theirs.number(), options.kept, parent);
  if (process_ < 0) {
    outcome_.number = errno;
    return;
  }
  // By both, so that the group exists whoever comes first.
  ::setpgid(process_, process_);
  ::fcntl(socket_.number(), F_SETFL, O_NONBLOCK);
#ifdef SYS_pidfd_open
  handle_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0U)));
#endif
  is_over_ = false;
}

Worker::~Worker() {
  if (process_ > 0) end_group(Clock::now() + kKillPatience);
}

Worker::Reading Worker::read_some() {
  std::array<char, 65536> part{};
  const auto count = ::read(socket_.number(), part.data(), part.size());
  if (count < 0) return errno == EAGAIN || errno == EINTR ? Reading::nothing : Reading::ended;
  if (count == 0) return Reading::ended;
  received_ += static_cast<std::size_t>(count);
  buffer_.append(part.data(), static_cast<std::size_t>(count));
  return received_ <= most_output_ && take_frames() ? Reading::more : Reading::bad;
}

// False when the bytes are no frames.
bool Worker::take_frames() {
  std::size_t begin = 0;
  while (buffer_.size() - begin >= kHeader) {
    const char kind = buffer_[begin];
    const std::size_t length = length_in(std::string_view(buffer_).substr(begin, kHeader));
    const bool is_known = kind == kStage || kind == kPart || kind == kDone;
    if (!is_known || is_done_ || (kind == kStage && length > kMostStage)) return false;
    if (buffer_.size() - begin - kHeader < length) break;
    auto text = buffer_.substr(begin + kHeader, length);
    if (kind == kStage) {
      outcome_.stage = std::move(text);
    } else if (kind == kPart) {
      outcome_.parts.push_back(std::move(text));
    } else {
      is_done_ = true;
    }
    begin += kHeader + length;
  }
  buffer_.erase(0, begin);
  return true;
}

// Where SIGCHLD is ignored the kernel keeps no status: waitid fails once the child is gone.
bool Worker::has_ended() const {
  siginfo_t info{};
  const int status = ::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG | WNOWAIT);
  return status != 0 || info.si_pid == process_;
}

// A descendant that holds the socket open does not matter: the child's end does.
void Worker::attend(Clock::time_point deadline) {
  const bool ended = has_ended();  // asked first, so that what it wrote before is read below
  while (socket_) {
    const auto reading = read_some();
    if (reading == Reading::bad) {
      outcome_.end = received_ > most_output_ ? WorkerEnd::flooded : WorkerEnd::garbage;
      is_over_ = true;
      return;
    }
    if (reading == Reading::ended) socket_ = Descriptor();
    if (reading != Reading::more || (!ended && Clock::now() >= deadline)) break;
  }
  if (ended) {
    outcome_.end = WorkerEnd::exited;
    is_over_ = true;
  }
}

std::array<pollfd, 2> Worker::polled() const {
  if (is_over_) return {{{-1, 0, 0}, {-1, 0, 0}}};
  return {{{socket_.number(), POLLIN, 0}, {handle_.number(), POLLIN, 0}}};
}

void Worker::step() {
  if (!is_over_) attend(Clock::now());
}

void Worker::send(std::string_view text) {
  if (is_over_) return;
  const auto frame = frame_of(kPart, text);
  // Bytes of half a frame would be taken for the next one's.
  if (::send(socket_.number(), frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT) !=
      static_cast<ssize_t>(frame.size())) {
    ::shutdown(socket_.number(), SHUT_WR);
  }
}

std::vector<WorkerOutcome> Worker::wait_for_all(std::span<Worker* const> workers,
                                                Clock::time_point deadline) {
  for (;;) {
    std::vector<pollfd> waits;
    int wait = milliseconds_until(deadline);
    for (auto* worker : workers) {
      if (!worker->is_over_) worker->attend(deadline);
      if (worker->is_over_) continue;
      const auto polled = worker->polled();
      waits.insert(waits.end(), polled.begin(), polled.end());
      if (!worker->handle_) wait = std::min(wait, static_cast<int>(kPollStep.count()));
    }
    if (waits.empty() || Clock::now() >= deadline) break;
    ::poll(waits.data(), waits.size(), wait);
  }
  std::vector<WorkerOutcome> outcomes;
  // A process that holds a GPU takes long to end: all are killed before one is waited for.
  for (const auto* worker : workers) worker->kill_group();
  const auto patience = Clock::now() + kKillPatience;
  for (auto* worker : workers) outcomes.push_back(worker->settle(patience));
  return outcomes;
}

// To be done before its leader is reaped, while its number can't be another's.
void Worker::kill_group() const {
  if (process_ < 0) return;
  ::kill(-process_, SIGKILL);
  ::kill(process_, SIGKILL);  // where it had not yet made its group
}

void Worker::end_group(Clock::time_point patience) {
  kill_group();
  while (!has_ended() && Clock::now() < patience) {
    std::array<timespec, 1> step{{{0, 2'000'000}}};
    ::nanosleep(step.data(), nullptr);
  }
  siginfo_t info{};
  const int status = ::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG);
  const bool is_gone = status != 0 || info.si_pid == process_;
  if (!is_gone) {
    outcome_.end = WorkerEnd::stuck;
  } else if (outcome_.end == WorkerEnd::exited && status == 0) {
    outcome_.number = info.si_status;
    if (info.si_code != CLD_EXITED) outcome_.end = WorkerEnd::crashed;
  }
  process_ = -1;
}

WorkerOutcome Worker::settle(Clock::time_point patience) {
  if (process_ < 0) return std::move(outcome_);  // not started
  if (!is_over_) outcome_.end = WorkerEnd::hung;
  is_over_ = true;
  end_group(patience);
  if (outcome_.end == WorkerEnd::exited && outcome_.number == 0) {
    if (is_done_) {
      outcome_.end = WorkerEnd::finished;
    } else if (!buffer_.empty()) {
      outcome_.end = WorkerEnd::garbage;
    }
  }
  return std::move(outcome_);
}

WorkerOutcome Worker::wait(Clock::time_point deadline) {
  Worker* const self = this;
  return std::move(wait_for_all({&self, 1}, deadline).front());
}

WorkerOutcome run_worker(const Worker::Function& function, Clock::time_point deadline,
                         const WorkerOptions& options) {
  return Worker(function, options).wait(deadline);
}

std::string to_text(const WorkerOutcome& outcome) {
  const auto text = [&]() -> std::string {
    switch (outcome.end) {
      case WorkerEnd::finished:
        return "finished";
      case WorkerEnd::crashed:
        return std::string("crashed (") + ::strsignal(outcome.number) + ")";
      case WorkerEnd::exited:
        return "ended the process with status " + std::to_string(outcome.number);
      case WorkerEnd::hung:
        return "did not return before the deadline";
      case WorkerEnd::stuck:
        return "did not return before the deadline, and the kernel does not end it";
      case WorkerEnd::garbage:
        return "gave no well-formed result";
      case WorkerEnd::flooded:
        return "gave more output than is accepted";
      case WorkerEnd::not_started:
        return std::string("could not be started: ") + std::strerror(outcome.number);
    }
    return {};
  }();
  return outcome.stage.empty() ? text : text + ", in " + outcome.stage;
}

}  // namespace preflight
