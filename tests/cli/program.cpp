#include "program.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <grp.h>
#include <pty.h>
#include <sstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/console.hpp"
#include "cli/run.hpp"
#include "support/descriptor.hpp"
#include "support/user_file.hpp"
#include "target/temporary_directory.hpp"

namespace preflight::test {

namespace {

constexpr unsigned kMostSeconds = 30;
constexpr uid_t kNobody = 65534;

std::vector<char*> pointers(const Arguments& texts) {
  std::vector<char*> list;
  for (const auto& text : texts) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

struct Streams {
  int in = -1;
  int out = -1;
  int err = -1;
};

// In the child: never returns. The program is already open, so that who it runs as needs no right to its
// path.
[[noreturn]] void become(int program, const Arguments& command, const Start& how, const Streams& streams) {
  ::dup2(streams.in, STDIN_FILENO);
  ::dup2(streams.out, STDOUT_FILENO);
  ::dup2(streams.err, STDERR_FILENO);
  if (how.memory != 0 && !kSanitized) {
    const rlimit limit{how.memory, how.memory};
    ::setrlimit(RLIMIT_AS, &limit);
  }
  if (how.user == User::nobody && ::geteuid() == 0) {
    const bool dropped = ::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0 &&
                         ::setresuid(kNobody, kNobody, kNobody) == 0;
    if (!dropped) ::_exit(125);
  }
  ::alarm(kMostSeconds);
  ::fexecve(program, pointers(command).data(), pointers(how.environment).data());
  ::_exit(126);
}

std::string read_terminal(int terminal) {
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const auto count = ::read(terminal, part.data(), part.size());
    if (count <= 0) return text;  // EIO: the other end is closed
    text.append(part.data(), static_cast<std::size_t>(count));
  }
}

int status_of(pid_t process) {
  int status = 0;
  if (::waitpid(process, &status, 0) != process) throw std::runtime_error("waitpid failed");
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int open_file(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error("cannot open " + path);
  return file;
}

}  // namespace

Outcome call(const Arguments& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  cli::Console console{out, err};
  const int status = cli::run(arguments, console);
  return {status, out.str(), err.str(), ::getpid()};
}

Outcome start_command(const Arguments& command, const Start& how) {
  const TemporaryDirectory streams;
  streams.file("in", how.input);
  const Descriptor program(open_file(command.front(), O_RDONLY));
  const Descriptor in(open_file(streams / "in", O_RDONLY));
  const Descriptor err(open_file(streams / "err", O_WRONLY | O_CREAT));
  int ours = -1;
  int out = -1;
  if (how.terminal == Terminal::on_output) {
    const winsize size{24, 100, 0, 0};
    if (::openpty(&ours, &out, nullptr, nullptr, &size) != 0) throw std::runtime_error("no terminal");
  } else {
    out = open_file(streams / "out", O_WRONLY | O_CREAT);
  }
  const Descriptor terminal(ours);
  Outcome outcome;
  {
    const Descriptor theirs(out);
    outcome.process = ::fork();
    if (outcome.process == 0) become(program.number(), command, how, {in.number(), out, err.number()});
  }
  if (how.terminal == Terminal::on_output) outcome.out = read_terminal(ours);
  outcome.status = status_of(outcome.process);
  if (how.terminal == Terminal::none)
    outcome.out = read_user_file(streams / "out", std::size_t{64} << 20).value();
  outcome.err = read_user_file(streams / "err", std::size_t{64} << 20).value();
  return outcome;
}

Outcome start(const Arguments& arguments, const Start& how) {
  Arguments command = {PREFLIGHT_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return start_command(command, how);
}

}  // namespace preflight::test
