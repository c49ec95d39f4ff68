#include "catch.hpp"
#include "probe/os_release.hpp"
#include "run_probe.hpp"

using namespace preflight;
using probe::parse_os_release;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

TEST_CASE("os-release is read with its quoting") {
  const auto values = parse_os_release(
      "# comment\n"
      "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"
      "ID=debian\n"
      "VERSION_ID='12'\n"
      "ODD=\"a \\\"b\\\" \\$c\"'d'e\n"
      "  SPACED=x  \n"
      "not an assignment\n"
      "BAD NAME=1\n"
      "ID=last\n");
  CHECK(values.at("PRETTY_NAME") == "Debian GNU/Linux 12 (bookworm)");
  CHECK(values.at("VERSION_ID") == "12");
  CHECK(values.at("ODD") == "a \"b\" $cde");
  CHECK(values.at("SPACED") == "x");
  CHECK(values.at("ID") == "last");
  CHECK(values.size() == 5);
}

TEST_CASE("hostile os-release gives what can be read and no more") {
  CHECK(parse_os_release("").empty());
  CHECK(parse_os_release(std::string(1000, '=')).empty());
  CHECK(parse_os_release(std::string("\0\xff\0=x\n", 6)).empty());
  CHECK(parse_os_release("ID=\"unterminated\\").at("ID") == "unterminated\\");
  CHECK(parse_os_release("ID=" + std::string(900'000, 'x')).at("ID").size() == 900'000);
}

TEST_CASE("the operating system is named from the file of /etc, else of /usr/lib") {
  MemoryTree files;
  SECTION("etc") {
    files.file("/etc/os-release", "ID=ubuntu\nVERSION_ID=\"22.04\"\n");
    files.file("/usr/lib/os-release", "ID=other\n");
    const auto document = run_probe("os", files);
    CHECK(host_state(document, "os.id") == "ubuntu");
    CHECK(host_state(document, "os.version") == "22.04");
    CHECK(host_state(document, "os.name") == "absent");
    CHECK(document.host().find("os.id")->source == "/etc/os-release");
  }
  SECTION("usr") {
    files.file("/usr/lib/os-release", "ID=arch\n");
    CHECK(host_state(run_probe("os", files), "os.id") == "arch");
  }
  SECTION("a link, as distributions have it") {
    files.link("/etc/os-release", "../usr/lib/os-release").file("/usr/lib/os-release", "ID=debian\n");
    CHECK(host_state(run_probe("os", files), "os.id") == "debian");
  }
  SECTION("none") {
    CHECK(host_state(run_probe("os", files), "os.id") == "absent");
  }
  SECTION("unreadable") {
    files.fail("/etc/os-release", {ErrorKind::not_permitted, "permission denied"});
    CHECK(host_state(run_probe("os", files), "os.id") == "unreadable");
  }
  SECTION("a FIFO") {
    files.fifo("/etc/os-release");
    CHECK(host_state(run_probe("os", files), "os.id") == "unreadable");
  }
}

TEST_CASE("the release of Jetson Linux") {
  MemoryTree files;
  CHECK(host_state(run_probe("os", files), "os.l4t") == "absent");
  files.file("/etc/nv_tegra_release",
             "# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64\n");
  CHECK(host_state(run_probe("os", files), "os.l4t") == "36.4.3");
  for (const auto* text : {"", "# R36", "REVISION: 4.3", "# R (release), REVISION: x"}) {
    files.file("/etc/nv_tegra_release", text);
    CHECK(host_state(run_probe("os", files), "os.l4t") == "unreadable");
  }
}
