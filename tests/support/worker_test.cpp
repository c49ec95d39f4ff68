// Every way in which a worker can end, within its time, with nothing left behind.
#include "support/worker.hpp"

#include <csignal>
#include <cstddef>
#include <dirent.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catch.hpp"

using namespace preflight;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kSlack{500};
constexpr milliseconds kLong{20'000};

WorkerOutcome run(const Worker::Function& function, milliseconds time = kLong,
                  std::size_t most = WorkerOptions().most_output) {
  const auto begin = Clock::now();
  auto outcome = run_worker(function, begin + time, {most, -1});
  CHECK(Clock::now() < begin + time + kSlack);
  // No child is left, dead or alive.
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  return outcome;
}

[[noreturn]] void sleep_for_ever() {
  for (;;) ::pause();
}

std::string open_descriptors() {
  std::string numbers;
  auto* const list = ::opendir("/proc/self/fd");
  while (const auto* entry = ::readdir(list)) {
    const std::string name = entry->d_name;
    if (name.front() != '.' && name != std::to_string(::dirfd(list))) numbers += name + " ";
  }
  ::closedir(list);
  return numbers;
}

}  // namespace

TEST_CASE("a worker that finishes hands over its parts in order") {
  const auto outcome = run([](WorkerReport& report) {
    report.stage("first");
    report.part("{\"a\": 1}");
    report.stage("second");
    report.part(std::string(300'000, 'x'));
  });
  CHECK(outcome.end == WorkerEnd::finished);
  CHECK(outcome.stage == "second");
  REQUIRE(outcome.parts.size() == 2);
  CHECK(outcome.parts[0] == "{\"a\": 1}");
  CHECK(outcome.parts[1].size() == 300'000);
}

TEST_CASE("a worker has only /dev/null and its report, and a process group of its own") {
  const int ours = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  const auto outcome = run([](WorkerReport& report) {
    report.part(open_descriptors());
    report.part(::getpgrp() == ::getpid() ? "own group" : "our group");
    constexpr std::string_view kNoise = "printed by a library\n";
    report.part(::write(STDOUT_FILENO, kNoise.data(), kNoise.size()) > 0 ? "printed" : "");
  });
  ::close(ours);
  CHECK(outcome.end == WorkerEnd::finished);
  CHECK(outcome.parts == std::vector<std::string>{"0 1 2 3 ", "own group", "printed"});
}

TEST_CASE("a crash says which signal and in which stage, and keeps what came before") {
  const auto outcome = run([](WorkerReport& report) {
    report.part("before");
    report.stage("cuInit");
    ::raise(SIGBUS);
  });
  CHECK(outcome.end == WorkerEnd::crashed);
  CHECK(outcome.number == SIGBUS);
  CHECK(outcome.parts == std::vector<std::string>{"before"});
  CHECK(to_text(outcome) == "crashed (Bus error), in cuInit");
}

TEST_CASE("a worker that ends the process, or throws, has not finished") {
  const auto exited = run([](WorkerReport&) { ::_exit(3); });
  CHECK(exited.end == WorkerEnd::exited);
  CHECK(to_text(exited) == "ended the process with status 3");
  CHECK(run([](WorkerReport&) { ::_exit(0); }).end == WorkerEnd::exited);
  CHECK(run([](WorkerReport&) { throw std::runtime_error("x"); }).number == 70);
}

TEST_CASE("a hang ends at the deadline and says where") {
  const auto outcome = run(
      [](WorkerReport& report) {
        report.stage("nvmlInit");
        ::signal(SIGTERM, SIG_IGN);
        sleep_for_ever();
      },
      milliseconds(100));
  CHECK(outcome.end == WorkerEnd::hung);
  CHECK(to_text(outcome) == "did not return before the deadline, in nvmlInit");
}

TEST_CASE("a deadline that has passed ends the worker at once") {
  CHECK(run([](WorkerReport&) { sleep_for_ever(); }, milliseconds(0)).end == WorkerEnd::hung);
}

TEST_CASE("a stopped worker is ended, too") {
  CHECK(run([](WorkerReport&) { ::raise(SIGSTOP); }, milliseconds(100)).end == WorkerEnd::hung);
}

TEST_CASE("children of a worker end with it, and don't keep it waiting") {
  const auto outcome = run([](WorkerReport& report) {
    const auto child = ::fork();
    if (child == 0) sleep_for_ever();  // holds the pipe
    report.part(std::to_string(child));
  });
  CHECK(outcome.end == WorkerEnd::finished);
  REQUIRE(outcome.parts.size() == 1);
  const int grandchild = std::stoi(outcome.parts.front());
  // Reaped by init, or by nobody in a container without one; then it is a zombie, which no signal reaches.
  const auto is_alive = [&] {
    const std::string path = "/proc/" + std::to_string(grandchild) + "/stat";
    char text[256] = {};
    const int file = ::open(path.c_str(), O_RDONLY);
    if (file < 0) return false;
    const auto count = ::read(file, text, sizeof text - 1);
    ::close(file);
    return count > 0 && std::string(text).find(") Z") == std::string::npos;
  };
  const auto end = Clock::now() + kSlack;
  while (is_alive() && Clock::now() < end) ::usleep(1000);
  CHECK_FALSE(is_alive());
}

TEST_CASE("bytes that are no report are garbage") {
  const auto write_raw = [](std::string text) {
    return [text = std::move(text)](WorkerReport&) {
      CHECK(::write(3, text.data(), text.size()) > 0);
      ::_exit(0);
    };
  };
  CHECK(run(write_raw("Segmentation fault\n")).end == WorkerEnd::garbage);
  CHECK(run(write_raw(std::string("P\x05\x00\x00\x00"
                                  "abc",
                                  8)))
            .end == WorkerEnd::garbage);
  CHECK(run(write_raw(std::string("S\xff\xff\x00\x00", 5))).end == WorkerEnd::garbage);
  CHECK(run(write_raw("P")).end == WorkerEnd::garbage);
  const auto after_the_end = run([](WorkerReport& report) {
    report.done();
    report.part("more");
    sleep_for_ever();
  });
  CHECK(after_the_end.end == WorkerEnd::garbage);
}

TEST_CASE("a flood is cut off") {
  const auto endless = [](WorkerReport& report) {
    for (;;) report.part(std::string(5000, 'x'));
  };
  CHECK(run(endless, kLong, 100'000).end == WorkerEnd::flooded);
  const auto huge = run([](WorkerReport& report) { report.part(std::string(200'000, 'x')); }, kLong, 100'000);
  CHECK(huge.end == WorkerEnd::flooded);
  CHECK(huge.parts.empty());
}

TEST_CASE("a worker that is let go of is ended") {
  {
    const Worker worker([](WorkerReport&) { sleep_for_ever(); });
  }
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("one that hangs takes nothing from another beside it") {
  Worker hanging([](WorkerReport&) { sleep_for_ever(); });
  Worker talking([](WorkerReport& report) {
    for (int part = 0; part < 100; ++part) report.part(std::string(10'000, 'x'));  // more than a pipe holds
  });
  const std::vector<Worker*> workers = {&hanging, &talking};
  const auto begin = Clock::now();
  const auto outcomes = Worker::wait_for_all(workers, begin + milliseconds(1000));
  CHECK(Clock::now() < begin + milliseconds(1000) + kSlack);
  REQUIRE(outcomes.size() == 2);
  CHECK(outcomes[0].end == WorkerEnd::hung);
  CHECK(outcomes[1].end == WorkerEnd::finished);
  CHECK(outcomes[1].parts.size() == 100);
}

TEST_CASE("a process that ignores its children's ends gets the result, too") {
  auto* const before = ::signal(SIGCHLD, SIG_IGN);
  const auto outcome = run([](WorkerReport& report) { report.part("x"); }, milliseconds(5000));
  ::signal(SIGCHLD, before);
  CHECK(outcome.end == WorkerEnd::finished);
}

TEST_CASE("a worker is told what to do by its owner") {
  Worker worker([](WorkerReport& report) {
    for (auto text = report.receive(); text != "end"; text = report.receive()) report.part(text + text);
  });
  const std::string large(50'000, 'x');
  worker.send("ab");
  worker.send("");
  worker.send(large);
  while (worker.seen().parts.size() < 3) {
    auto polled = worker.polled();
    REQUIRE(::poll(polled.data(), polled.size(), 20'000) > 0);
    worker.step();
    REQUIRE_FALSE(worker.over());
  }
  CHECK(worker.seen().parts == std::vector<std::string>{"abab", "", large + large});
  worker.send("end");
  const auto outcome = worker.wait(Clock::now() + kLong);
  CHECK(outcome.end == WorkerEnd::finished);
  CHECK(outcome.parts.size() == 3);
}

TEST_CASE("an owner sees the end of a worker") {
  Worker worker([](WorkerReport&) { ::raise(SIGKILL); });
  while (!worker.over()) {
    auto polled = worker.polled();
    REQUIRE(::poll(polled.data(), polled.size(), 20'000) > 0);
    worker.step();
  }
  worker.send("to nobody");
  CHECK(worker.polled()[0].fd == -1);
  CHECK(worker.wait(Clock::now() + kLong).end == WorkerEnd::crashed);
}

TEST_CASE("a worker that only waits for its owner is killed at the deadline") {
  const auto outcome = run([](WorkerReport& report) { report.part(report.receive()); }, milliseconds(100));
  CHECK(outcome.end == WorkerEnd::hung);
  CHECK(outcome.parts.empty());
}

TEST_CASE("a worker that is sent more than it takes sees an end, and no half text") {
  Worker worker([](WorkerReport& report) {
    ::usleep(100'000);
    report.part(report.receive());
    report.part(report.receive());
  });
  const std::string text(60'000, 'x');
  for (int count = 0; count < 100; ++count) worker.send(text);
  const auto outcome = worker.wait(Clock::now() + kLong);
  CHECK(outcome.parts == std::vector<std::string>{text, text});
}

TEST_CASE("a worker keeps the descriptor that it is given") {
  const Descriptor kept(::memfd_create("kept", MFD_CLOEXEC));
  const auto outcome = run_worker(
      [](WorkerReport& report) {
        report.part(open_descriptors());
        if (::write(kKeptDescriptor, "written", 7) != 7) ::_exit(9);
      },
      Clock::now() + kLong, {WorkerOptions().most_output, kept.number()});
  CHECK(outcome.end == WorkerEnd::finished);
  CHECK(outcome.parts == std::vector<std::string>{"0 1 2 3 4 "});
  std::array<char, 8> text{};
  CHECK(::pread(kept.number(), text.data(), text.size(), 0) == 7);
  CHECK(std::string(text.data()) == "written");
}

// A child in uninterruptible sleep does not end when it is killed. Here it is kill(2) that does nothing, in a
// process of its own, since such a filter can't be taken off again.
TEST_CASE("a worker that even killing doesn't end is given up in time") {
  const auto child = ::fork();
  if (child == 0) {
    std::array<sock_filter, 4> program{{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_kill, 0, 1),
                                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO),
                                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const sock_fprog filter{program.size(), program.data()};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) ::_exit(77);
    const auto begin = Clock::now();
    const auto outcome = run_worker(
        [](WorkerReport& report) {
          report.stage("cuInit");
          sleep_for_ever();
        },
        begin + milliseconds(100));
    const bool in_time = Clock::now() < begin + milliseconds(100) + kSlack;
    ::_exit(outcome.end == WorkerEnd::stuck && outcome.stage == "cuInit" && in_time ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) WARN("skipped: no seccomp here");
  CHECK((WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77));
}
