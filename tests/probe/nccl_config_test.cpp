#include "catch.hpp"
#include "probe/home_directory.hpp"
#include "probe/nccl_settings.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace std::string_literals;
using probe::parse_nccl_settings;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

TEST_CASE("NCCL's files are read as NCCL reads them") {
  const auto settings = parse_nccl_settings(
      "# comment\nNCCL_DEBUG=WARN\nNCCL_SOCKET_IFNAME==ens1f0\n NCCL_IB_HCA = mlx5 \nNCCL_DEBUG=INFO\nno "
      "setting\n=x\nNCCL_ALGO=Ring\r");
  CHECK(settings == probe::Variables{{"NCCL_DEBUG", "WARN"},
                                     {"NCCL_SOCKET_IFNAME", "=ens1f0"},
                                     {" NCCL_IB_HCA ", " mlx5 "},
                                     {"NCCL_ALGO", "Ring\r"}});
}

TEST_CASE("hostile NCCL files") {
  CHECK(parse_nccl_settings("").empty());
  CHECK(parse_nccl_settings(std::string("\0=\xff\n", 4)).size() == 1);
  CHECK(parse_nccl_settings("A=" + std::string(100'000, 'x')).at("A").size() == 1023);
}

TEST_CASE("home directories") {
  constexpr std::string_view kPasswords =
      "root:x:0:0:root:/root:/bin/sh\nbad line\nu:x:1000:1000::/home/u:/bin/sh\n";
  CHECK(probe::home_of_user(kPasswords, "1000") == "/home/u");
  CHECK(probe::home_of_user(kPasswords, "100") == std::nullopt);
  MemoryTree files;
  CHECK(probe::home_directory(files) == std::nullopt);
  files.file("/proc/self/environ", "HOME=/other\0"s);
  CHECK(probe::home_directory(files) == "/other");
  files.file("/proc/self/status", "Uid:\t1000\t0\t0\t0\n").file("/etc/passwd", std::string(kPasswords));
  CHECK(probe::home_directory(files) == "/home/u");
}

TEST_CASE("NCCL's configuration: the user's file wins over the system's") {
  MemoryTree files;
  files.file("/etc/nccl.conf", "NCCL_DEBUG=WARN\nNCCL_IB_HCA=mlx5_0\nMY_SECRET=x\n");
  files.file("/proc/self/environ", "HOME=/home/u\0"s).file("/home/u/.nccl.conf", "NCCL_DEBUG=INFO\n");
  const auto document = run_probe("nccl-config", files);
  CHECK(host_state(document, "nccl.config") == "NCCL_DEBUG=INFO, NCCL_IB_HCA=mlx5_0");
  CHECK(document.host().find("nccl.config")->source == "/home/u/.nccl.conf, /etc/nccl.conf");
  SECTION("NCCL_CONF_FILE takes the place of the one at home") {
    files.file("/proc/self/environ", "HOME=/home/u\0NCCL_CONF_FILE=/etc/mine.conf\0"s);
    files.file("/etc/mine.conf", "NCCL_ALGO=Ring\n");
    CHECK(host_state(run_probe("nccl-config", files), "nccl.config") ==
          "NCCL_ALGO=Ring, NCCL_DEBUG=WARN, NCCL_IB_HCA=mlx5_0");
  }
  SECTION("at rest there is no user") {
    CHECK(host_state(run_probe("nccl-config", files, probe::SystemState::at_rest), "nccl.config") ==
          "NCCL_DEBUG=WARN, NCCL_IB_HCA=mlx5_0");
  }
  SECTION("unreadable") {
    files.fail("/home/u/.nccl.conf", {ErrorKind::not_permitted, "permission denied"});
    CHECK(host_state(run_probe("nccl-config", files), "nccl.config") == "unreadable");
  }
  SECTION("a FIFO") {
    files.fifo("/etc/nccl.conf");
    CHECK(host_state(run_probe("nccl-config", files), "nccl.config") == "unreadable");
  }
}

TEST_CASE("without NCCL files the configuration is absent") {
  CHECK(host_state(run_probe("nccl-config", MemoryTree()), "nccl.config") == "absent");
}
