#include "catch.hpp"
#include "probe/cgroup_limits.hpp"
#include "run_probe.hpp"

using namespace preflight;
using probe::cgroup_version;
using probe::CgroupLimit;
using probe::CgroupVersion;
using probe::find_cgroup;
using probe::NoLimit;
using probe::parse_cgroup_limit;
using probe::parse_cpu_limit;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

namespace {

constexpr const char* kUnified = "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
constexpr const char* kMemory = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";

}  // namespace

TEST_CASE("the version is that of the hierarchy that controls memory") {
  CHECK(cgroup_version("0::/user.slice\n") == CgroupVersion::v2);
  CHECK(cgroup_version("4:memory:/a\n0::/\n") == CgroupVersion::v1);
  CHECK(cgroup_version("1:name=systemd:/\n0::/\n") == CgroupVersion::v2);
  CHECK(cgroup_version("2:cpu,cpuacct:/\n") == CgroupVersion::v1);
  for (const auto* text : {"", "x", "0:", "::", ":\n"})
    CHECK(cgroup_version(text).value_or(CgroupVersion::v2) == CgroupVersion::v2);
  CHECK(!cgroup_version("nothing"));
}

TEST_CASE("limits of groups") {
  CHECK(parse_cgroup_limit("max\n") == CgroupLimit(NoLimit{}));
  CHECK(parse_cgroup_limit("9223372036854771712") == CgroupLimit(NoLimit{}));
  CHECK(parse_cgroup_limit("1073741824\n") == CgroupLimit(std::int64_t{1} << 30));
  for (const auto* text : {"", "-2", "x", "1 2", "99999999999999999999"}) CHECK(!parse_cgroup_limit(text));
  CHECK(parse_cpu_limit("50000", "100000") == CgroupLimit(std::int64_t{500}));
  CHECK(parse_cpu_limit("-1", "100000") == CgroupLimit(NoLimit{}));
  CHECK(!parse_cpu_limit("1", "0"));
  CHECK(!parse_cpu_limit("9223372036854775807", "1"));
  CHECK(!parse_cpu_limit("", ""));
}

TEST_CASE("the group of a process is found in what is mounted") {
  const auto group = [](std::string_view self, std::string_view mounts) {
    const auto place = find_cgroup(self, probe::parse_mounts(mounts), "memory");
    return place ? place->group : "none";
  };
  CHECK(group("0::/a/b\n", kUnified) == "/sys/fs/cgroup/a/b");
  CHECK(group("0::/\n", kUnified) == "/sys/fs/cgroup");
  CHECK(group("4:memory:/a\n0::/\n", kMemory) == "/sys/fs/cgroup/memory/a");
  // A container without a cgroup namespace sees its own group mounted.
  const auto* own = "30 1 0:26 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n";
  CHECK(group("0::/docker/1\n", own) == "/sys/fs/cgroup");
  CHECK(group("0::/docker/1/inner\n", own) == "/sys/fs/cgroup/inner");
  CHECK(group("0::/docker/12\n", own) == "/sys/fs/cgroup");
  CHECK(group("0::/elsewhere\n", own) == "/sys/fs/cgroup");
  CHECK(group("0::/../other\n", kUnified) == "/sys/fs/cgroup");
  CHECK(group("0::/a\n", "") == "none");
  CHECK(group("", kUnified) == "none");
}

TEST_CASE("the lowest limit up the tree binds") {
  MemoryTree files;
  files.file("/proc/self/cgroup", "0::/job/step\n").file("/proc/self/mountinfo", kUnified);
  files.file("/sys/fs/cgroup/job/step/memory.max", "max\n")
      .file("/sys/fs/cgroup/job/memory.max", "2147483648\n");
  files.file("/sys/fs/cgroup/job/step/cpu.max", "400000 100000\n")
      .file("/sys/fs/cgroup/job/cpu.max", "max 100000\n");
  files.file("/sys/fs/cgroup/job/step/pids.max", "max\n").file("/sys/fs/cgroup/job/pids.max", "max\n");
  const auto document = run_probe("cgroup", files);
  CHECK(host_state(document, "cgroup.version") == "2");
  CHECK(host_state(document, "cgroup.memory_limit") == "2147483648");
  CHECK(document.host().find("cgroup.memory_limit")->source == "/sys/fs/cgroup/job/memory.max");
  CHECK(host_state(document, "cgroup.cpu_limit") == "4000");
  CHECK(host_state(document, "cgroup.pids_limit") == "absent");
}

TEST_CASE("limits of version 1") {
  MemoryTree files;
  files.file("/proc/self/cgroup", "4:memory:/a\n5:cpu,cpuacct:/a\n");
  files.file("/proc/self/mountinfo",
             "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
             "36 31 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n");
  files.file("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
  files.file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  files.file("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "150000\n")
      .file("/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
  const auto document = run_probe("cgroup", files);
  CHECK(host_state(document, "cgroup.version") == "1");
  CHECK(host_state(document, "cgroup.memory_limit") == "absent");
  CHECK(host_state(document, "cgroup.cpu_limit") == "1500");
  CHECK(host_state(document, "cgroup.pids_limit") == "not observable");
}

TEST_CASE("a group that can't be read leaves its limit unknown") {
  MemoryTree files;
  files.file("/proc/self/cgroup", "0::/a\n").file("/proc/self/mountinfo", kUnified);
  files.file("/sys/fs/cgroup/a/memory.max", "1024\n");
  files.fail("/sys/fs/cgroup/memory.max", {ErrorKind::not_permitted, "permission denied"});
  files.file("/sys/fs/cgroup/a/cpu.max", "nonsense\n");
  const auto document = run_probe("cgroup", files);
  CHECK(host_state(document, "cgroup.memory_limit") == "unreadable");
  CHECK(host_state(document, "cgroup.cpu_limit") == "unreadable");
  CHECK(host_state(document, "cgroup.pids_limit") == "absent");
}

TEST_CASE("a kernel without control groups") {
  const auto document = run_probe("cgroup", MemoryTree());
  CHECK(host_state(document, "cgroup.version") == "absent");
  CHECK(host_state(document, "cgroup.memory_limit") == "absent");
}

TEST_CASE("a group nested absurdly deep is walked within bounds") {
  std::string deep = "0::";
  for (int at = 0; at < 10'000; ++at) deep += "/a";
  MemoryTree files;
  files.file("/proc/self/cgroup", deep).file("/proc/self/mountinfo", kUnified);
  CHECK(host_state(run_probe("cgroup", files), "cgroup.memory_limit") == "absent");
}
