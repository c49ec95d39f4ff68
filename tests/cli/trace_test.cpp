// What `check` asks of the kernel: nothing is executed, nothing written, nobody called.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include "catch.hpp"
#include "doubles/gpu_node.hpp"
#include "program.hpp"
#include "support/text.hpp"
#include "support/user_file.hpp"

using namespace preflight;
using test::Arguments;
using test::TemporaryDirectory;

namespace {

constexpr const char* kTracer = "/usr/bin/strace";
constexpr const char* kTracedCalls =
    "trace=execve,execveat,fork,vfork,clone,clone3,open,openat,openat2,creat,unlink,unlinkat,rename,renameat,"
    "renameat2,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,mknod,mknodat,truncate,ftruncate,chmod,"
    "fchmod,"
    "fchmodat,chown,fchown,fchownat,utimensat,setxattr,mount,write,pwrite64,writev,connect,socket,bind,"
    "sendto,"
    "kill,ptrace,ioctl";

// A line such as: openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3
bool is_harmless(std::string_view call) {
  if (call.starts_with("openat(") || call.starts_with("openat2(") || call.starts_with("open(")) {
    for (const auto* flag : {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE"}) {
      if (call.find(flag) != std::string_view::npos) return false;
    }
    return true;
  }
  // The sanitizers find out by a pipe whether an address can be read.
  if (test::kSanitized && call.starts_with("write(")) return true;
  // Standard output; whether it is a terminal.
  return call.starts_with("write(1, ") || call.starts_with("writev(1, ") ||
         call.starts_with("ioctl(1, TCGETS") || call.starts_with("ioctl(2, TCGETS");
}

struct Trace {
  test::Outcome outcome;
  std::vector<std::string> calls;  // without the first, which starts the program
  std::string first;
};

Trace trace(const Arguments& arguments) {
  const TemporaryDirectory directory;
  Arguments command = {
      kTracer,          "-f", "-qq", "-e", "signal=none", "-e", kTracedCalls, "-o", directory / "trace",
      PREFLIGHT_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  // The leak check of the address sanitizer doesn't work in a traced process.
  Trace trace{test::start_command(command, {.environment = {"ASAN_OPTIONS=detect_leaks=0"}}), {}, {}};
  const auto text = read_user_file(directory / "trace", std::size_t{64} << 20);
  if (!text) return trace;
  for (const auto line : lines(*text)) {
    const auto call = line.substr(std::min(line.find_first_not_of("0123456789 "), line.size()));
    if (trace.first.empty()) {
      trace.first = call;
    } else if (!call.empty()) {
      trace.calls.emplace_back(call);
    }
  }
  return trace;
}

// Name, kind, size and time of change of everything below.
std::string snapshot(const std::filesystem::path& root) {
  std::vector<std::string> entries;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    std::ostringstream text;
    text << entry.path() << static_cast<int>(entry.symlink_status().type());
    if (!entry.is_symlink()) text << " " << entry.last_write_time().time_since_epoch().count();
    if (entry.is_regular_file() && !entry.is_symlink()) text << " " << entry.file_size();
    entries.push_back(text.str());
  }
  std::sort(entries.begin(), entries.end());
  return join(entries, "\n");
}

// Containers may forbid tracing; any other reason is a failure.
void skip(const Trace& trace) {
  WARN("SKIPPED: no process may be traced here: " << trace.outcome.err);
  CHECK(trace.outcome.err.find("not permitted") != std::string::npos);
}

}  // namespace

TEST_CASE("check executes nothing, writes nothing and calls nobody") {
  INFO("strace is needed: apt-get install strace");
  REQUIRE(std::filesystem::exists(kTracer));
  const TemporaryDirectory node;
  test::write_gpu_node(node);
  const std::string before = snapshot(node.path());
  for (const auto& arguments : {Arguments{"check"}, Arguments{"check", "--root", node.path().string()}}) {
    const auto traced = trace(arguments);
    CHECK(snapshot(node.path()) == before);
    if (traced.first.empty()) return skip(traced);
    INFO(traced.outcome.err);
    CHECK(traced.outcome.status <= 2);
    CHECK(traced.first.starts_with("execve("));
    std::string harmful;
    for (const auto& call : traced.calls) {
      if (!is_harmless(call)) harmful += call + "\n";
    }
    CHECK(harmful == "");
    CHECK(!traced.calls.empty());
  }
}

TEST_CASE("the tracing sees a program that does write") {
  const TemporaryDirectory node;
  test::write_gpu_node(node);
  const auto traced = trace({"check", "--root", node.path().string(), "-o", node / "report"});
  if (traced.first.empty()) return skip(traced);
  CHECK(std::any_of(traced.calls.begin(), traced.calls.end(),
                    [](const std::string& call) { return !is_harmless(call); }));
}
