#include "catch.hpp"
#include "probe/process_status.hpp"
#include "run_probe.hpp"

using namespace preflight;
using probe::capability_names;
using probe::Limit;
using probe::soft_limit;
using probe::status_field;
using probe::Unlimited;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

namespace {

constexpr const char* kLimits =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max stack size            8388608              unlimited            bytes     \n"
    "Max processes             96365                96365                processes \n"
    "Max open files            1024                 1048576              files     \n"
    "Max locked memory         unlimited            unlimited            bytes     \n";

}  // namespace

TEST_CASE("soft limits are read from their lines") {
  CHECK(soft_limit(kLimits, "Max stack size") == Limit(std::int64_t{8388608}));
  CHECK(soft_limit(kLimits, "Max locked memory") == Limit(Unlimited{}));
  CHECK(!soft_limit(kLimits, "Max open"));
  CHECK(!soft_limit("", "Max open files"));
  CHECK(!soft_limit("Max open files", "Max open files"));
  CHECK(!soft_limit("Max open files   ", "Max open files"));
  CHECK(!soft_limit("Max open files  -5", "Max open files"));
  CHECK(!soft_limit("Max open files  99999999999999999999", "Max open files"));
}

TEST_CASE("capabilities are named by their bits") {
  CHECK(capability_names("0000000000000000")->empty());
  CHECK(capability_names("0000000000200001") == std::vector<std::string>{"CAP_CHOWN", "CAP_SYS_ADMIN"});
  CHECK(capability_names("00000000a80425fb")->size() == 14);  // Docker's default set
  CHECK(capability_names("000001ffffffffff")->back() == "CAP_CHECKPOINT_RESTORE");
  CHECK(capability_names("8000000000000000") == std::vector<std::string>{"CAP_63"});
  for (const auto* mask : {"", "x", "-1", "00000000000000001ffffffffffffffff", "1 "})
    CHECK(!capability_names(mask));
}

TEST_CASE("fields of a status file are found by their whole name") {
  CHECK(status_field("Name:\tx\nSeccomp_filters:\t3\nSeccomp:\t2\n", "Seccomp") == "2");
  CHECK(!status_field("Seccomp\t2\n", "Seccomp"));
  CHECK(!status_field("", "Seccomp"));
}

TEST_CASE("limits, system call filter and capabilities of the process") {
  MemoryTree files;
  files.file("/proc/self/limits", kLimits);
  files.file("/proc/self/status", "Name:\tx\nCapEff:\t0000000000004000\nSeccomp:\t2\n");
  const auto document = run_probe("process", files);
  CHECK(host_state(document, "limits.memlock") == "absent");
  CHECK(host_state(document, "limits.nofile") == "1024");
  CHECK(host_state(document, "limits.stack") == "8388608");
  CHECK(host_state(document, "limits.nproc") == "96365");
  CHECK(host_state(document, "seccomp.mode") == "filter");
  CHECK(host_state(document, "capabilities.effective") == "CAP_IPC_LOCK");

  MemoryTree broken;
  broken.file("/proc/self/limits", std::string("\0\xff\n", 3)).file("/proc/self/status", "Seccomp: 9\n");
  const auto unreadable = run_probe("process", broken);
  for (const auto* fact : {"limits.memlock", "limits.nofile", "seccomp.mode", "capabilities.effective"}) {
    CHECK(host_state(unreadable, fact) == "unreadable");
  }
}
