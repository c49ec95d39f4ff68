#include "probe/mounts.hpp"

#include "catch.hpp"
#include "probe/size_text.hpp"
#include "run_probe.hpp"

using namespace preflight;
using probe::find_mount;
using probe::parse_mounts;
using probe::parse_size;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

TEST_CASE("mounts are read with their optional fields and escapes") {
  const auto mounts = parse_mounts(
      "1 0 0:1 / / rw - overlay overlay rw,lowerdir=/a:/b,upperdir=/c\n"
      "2 1 0:2 / /dev/shm rw shared:1 master:2 - tmpfs shm rw,size=65536k\n"
      "3 1 0:3 /a\\040b /mnt\\011x rw - ext4 /dev/sda\\134 rw\n");
  REQUIRE(mounts.size() == 3);
  CHECK(mounts[0].type == "overlay");
  CHECK(probe::mount_option(mounts[0], "upperdir") == "/c");
  CHECK(probe::mount_option(mounts[0], "rw").empty());
  CHECK(mounts[1].source == "shm");
  CHECK(mounts[2].root == "/a b");
  CHECK(mounts[2].point == "/mnt\tx");
  CHECK(mounts[2].source == "/dev/sda\\");
}

TEST_CASE("of two mounts at one point the later one shows") {
  const auto mounts = parse_mounts("1 0 0:1 / /x rw - a a rw\n2 0 0:1 / /x rw - b b rw\n");
  CHECK(find_mount(mounts, "/x")->type == "b");
  CHECK(find_mount(mounts, "/y") == nullptr);
}

TEST_CASE("hostile mountinfo") {
  CHECK(parse_mounts("").empty());
  CHECK(parse_mounts("1 2 3\n- - - - -\n- - - - - -\n1 2 3 4 5 6 - a b\n").empty());
  CHECK(parse_mounts(std::string("\0\xff\n", 3)).empty());
  CHECK(parse_mounts("1 0 0:1 / /\\04 rw - a a rw").at(0).point == "/\\04");
  CHECK(parse_mounts("1 0 0:1 / /\\777 rw - a a rw").at(0).point == "/\xff");
  std::string wide = "1 0 0:1 / /x rw";
  for (int at = 0; at < 100'000; ++at) wide += " shared:1";
  CHECK(parse_mounts(wide).empty());
}

TEST_CASE("sizes of mount options") {
  CHECK(parse_size("65536k") == 65536 * 1024);
  CHECK(parse_size("2G") == 2LL << 30);
  CHECK(parse_size("5m") == 5 << 20);
  CHECK(parse_size("77") == 77);
  for (const auto* text : {"", "k", "50%", "-1k", "9223372036854775807g", "1t", "x"})
    CHECK(!parse_size(text));
}

TEST_CASE("/dev/shm") {
  MemoryTree files;
  SECTION("asked directly") {
    files.directory("/dev/shm").usage("/dev/shm", {67108864, 4096});
    const auto document = run_probe("shared-memory", files);
    CHECK(host_state(document, "shm.size") == "67108864");
    CHECK(host_state(document, "shm.used") == "4096");
  }
  SECTION("by its mount") {
    files.directory("/dev/shm")
        .file("/proc/self/mountinfo", "2 1 0:2 / /dev/shm rw - tmpfs shm rw,size=65536k\n");
    const auto document = run_probe("shared-memory", files);
    CHECK(host_state(document, "shm.size") == "67108864");
    CHECK(host_state(document, "shm.used") == "not observable");
  }
  SECTION("a mount without a size") {
    files.directory("/dev/shm").file("/proc/self/mountinfo", "2 1 0:2 / /dev/shm rw - tmpfs shm rw\n");
    CHECK(host_state(run_probe("shared-memory", files), "shm.size") == "not observable");
  }
  SECTION("none") {
    CHECK(host_state(run_probe("shared-memory", files), "shm.size") == "absent");
  }
  SECTION("unreadable") {
    files.fail("/dev/shm", {ErrorKind::not_permitted, "permission denied"});
    CHECK(host_state(run_probe("shared-memory", files), "shm.size") == "unreadable");
  }
}
