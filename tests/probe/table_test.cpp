// What the table promises of every probe: it asks only for paths that it declares, and sets only its own
// facts.
#include <set>

#include "catch.hpp"
#include "doubles/recording_tree.hpp"
#include "probe/path_pattern.hpp"
#include "rich_root.hpp"
#include "run_probe.hpp"

using namespace preflight;

namespace {

bool declared(const probe::Probe& probe, const std::string& path) {
  return std::ranges::any_of(probe.reads,
                             [&](std::string_view pattern) { return probe::matches(pattern, path); });
}

bool declared(const probe::Probe& probe, const std::string& kind, const std::string& fact) {
  return std::ranges::any_of(probe.sets, [&](const probe::Sets& sets) {
    return sets.kind == kind && fact.starts_with(sets.prefix);
  });
}

}  // namespace

TEST_CASE("every probe has a name of its own and says what it reads and sets") {
  std::set<std::string_view> names;
  for (const auto& probe : probe::probes()) {
    INFO(probe.name);
    CHECK(names.insert(probe.name).second);
    CHECK(!probe.meaning.empty());
    CHECK(!probe.reads.empty());
    CHECK(!probe.sets.empty());
    for (const auto& sets : probe.sets) CHECK(facts::find_kind(sets.kind) != nullptr);
  }
}

TEST_CASE("a probe reads and sets only what it declares") {
  const auto root = test::rich_root();
  for (const auto& probe : probe::probes()) {
    const test::RecordingTree files(root);
    const auto document = test::run_probe(probe.name, files);
    for (const auto& path : files.asked()) {
      INFO(probe.name << " reads " << path);
      CHECK(declared(probe, path));
    }
    for (const auto& subject : document.subjects) {
      for (const auto& [path, fact] : subject.facts) {
        INFO(probe.name << " sets " << subject.kind << " " << path);
        CHECK(declared(probe, subject.kind, path));
      }
    }
  }
}

TEST_CASE("on an empty tree every probe still answers for each fact that it declares of the host") {
  const test::MemoryTree empty;
  for (const auto& probe : probe::probes()) {
    INFO(probe.name);
    CHECK_NOTHROW(test::run_probe(probe.name, empty));
  }
}

TEST_CASE("patterns of paths") {
  using probe::matches;
  CHECK(matches("/etc/os-release", "/etc/os-release"));
  CHECK(!matches("/etc/os-release", "/etc/os-release2"));
  CHECK(matches("/sys/class/net/*/mtu", "/sys/class/net/eth0/mtu"));
  CHECK(!matches("/sys/class/net/*/mtu", "/sys/class/net/a/b/mtu"));
  CHECK(matches("/dev/nvidia*", "/dev/nvidia0"));
  CHECK(!matches("/dev/nvidia*", "/dev/nvidia-caps/x"));
  CHECK(matches("/usr/**", "/usr/lib/a/b"));
  CHECK(matches("**/nvcc", "/opt/cuda/bin/nvcc"));
  CHECK(!matches("**/nvcc", "/opt/cuda/bin/nvcc2"));
  CHECK(matches("/a/**/b", "/a/x/y/b"));
  CHECK(!matches("", "/"));
  CHECK(!matches("/**a**a**a**b", "/" + std::string(5000, 'a')));
}
