#include "children.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace preflight::smoke {

Children::Children() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

Children::~Children() {
  for (const auto process : processes_) {
    if (process <= 0) continue;
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
  }
}

void Children::start(const std::function<int()>& work) {
  const auto process = ::fork();
  if (process == 0) {
    // The test program's own handler would report what a child is meant to do.
    for (const int signal : {SIGSEGV, SIGABRT, SIGTERM}) ::signal(signal, SIG_DFL);
    int status = 99;
    try {
      status = work();
    } catch (...) {  // the parent sees 99
    }
    ::_exit(status);
  }
  processes_.push_back(process);
}

std::vector<ChildOutcome> Children::wait(Milliseconds limit) {
  const Time begin = Clock::now();
  std::vector<ChildOutcome> outcomes(processes_.size());
  const auto lives = [](pid_t process) { return process > 0; };
  while (std::ranges::any_of(processes_, lives)) {
    const bool over = Clock::now() - begin > limit;
    for (std::size_t index = 0; index < processes_.size(); ++index) {
      auto& process = processes_[index];
      if (!lives(process)) continue;
      if (over) ::kill(process, SIGKILL);
      int status = 0;
      if (::waitpid(process, &status, over ? 0 : WNOHANG) != process) continue;
      if (WIFEXITED(status)) outcomes[index].exit_status = WEXITSTATUS(status);
      if (WIFSIGNALED(status)) outcomes[index].signal = WTERMSIG(status);
      outcomes[index].took = between(begin, Clock::now());
      process = 0;
    }
    std::this_thread::sleep_for(Milliseconds(2));
  }
  return outcomes;
}

bool Children::nothing_left() {
  const Time end = Clock::now() + Milliseconds(2'000);
  while (Clock::now() < end) {
    const auto ended = ::waitpid(-1, nullptr, WNOHANG);
    if (ended < 0) return true;
    if (ended == 0) std::this_thread::sleep_for(Milliseconds(2));
  }
  return false;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "preflight-smoke-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name)) << text;
  return path(name);
}

std::string TemporaryFolder::read(const std::string& name) const {
  std::ifstream file(path(name));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace preflight::smoke
