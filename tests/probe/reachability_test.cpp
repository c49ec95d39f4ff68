// How others are reached: routes, the machine's own name, service meshes and firewalls.
#include "catch.hpp"
#include "probe/host_names.hpp"
#include "probe/listening_ports.hpp"
#include "probe/routes.hpp"
#include "run_probe.hpp"

using namespace preflight;
using probe::addresses_of_name;
using probe::parse_routes;
using probe::Route;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

namespace {

const std::string kRouteHeader =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
const std::string kSocketHeader = "  sl  local_address rem_address   st tx_queue rx_queue\n";

// A line of /proc/net/tcp.
std::string socket(const std::string& port, const std::string& state = "0A") {
  return "   0: 00000000:" + port + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000\n";
}

std::set<int> ports_of(std::string_view text) {
  std::set<int> ports;
  probe::add_listening_ports(text, ports);
  return ports;
}

std::string network_fact(const MemoryTree& files, const std::string& name) {
  return host_state(run_probe("network", files), "network." + name);
}

}  // namespace

TEST_CASE("routes are read as the kernel prints them") {
  const auto routes = parse_routes(kRouteHeader +
                                   "eth0\t00000000\t0101010A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
                                   "eth0\t0001010A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
                                   "ib0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n");
  CHECK(routes == std::vector<Route>{{"eth0", "0.0.0.0/0", "10.1.1.1", 100},
                                     {"eth0", "10.1.1.0/24", "", 100},
                                     {"ib0", "192.168.0.0/16", "", 0}});
}

TEST_CASE("routes that are down or refuse, and lines that are none, are passed over") {
  CHECK(parse_routes("").empty());
  CHECK(parse_routes(kRouteHeader).empty());
  for (const auto* line : {"eth0\t0000000A\t00000000\t0000\t0\t0\t0\t000000FF\t0\t0\t0",    // down
                           "*\t0000000A\t00000000\t0201\t0\t0\t0\t000000FF\t0\t0\t0",       // refuses
                           "eth0\t0000000A\t00000000\t0001\t0\t0\t0",                       // truncated
                           "eth0\tx\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0",           // no number
                           "eth0\t0000000A\t00000000\t0001\t0\t0\t0\tFFFFFFFFFF\t0\t0\t0",  // beyond IPv4
                           "eth0\t10000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0",
                           "eth0\t0000000A\t00000000\t0001\t0\t0\t99999999999999999999\t000000FF\t0\t0\t0"}) {
    INFO(line);
    CHECK(parse_routes(line).empty());
  }
  CHECK(parse_routes(std::string(100'000, '\xff')).empty());
  CHECK(parse_routes(std::string(100'000, '\n')).empty());
}

TEST_CASE("routes are known or unknown") {
  MemoryTree files;
  CHECK(network_fact(files, "routes") == "absent");
  files.file("/proc/net/route", kRouteHeader);
  CHECK(network_fact(files, "routes") == "");
  files.file("/proc/net/route",
             kRouteHeader + "eth0\t00000000\t0101010A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
  CHECK(network_fact(files, "routes") == "gateway=10.1.1.1, interface=eth0, metric=0, subnet=0.0.0.0/0");
  files.fail("/proc/net/route", {ErrorKind::not_permitted, "permission denied"});
  CHECK(network_fact(files, "routes") == "unreadable");
}

TEST_CASE("too many routes, and a table that is too large, are unknown") {
  std::string table;
  for (int count = 0; count <= 2'000; ++count) {
    table += "eth0\t0001010A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
  }
  MemoryTree files;
  files.file("/proc/net/route", table);
  CHECK(network_fact(files, "routes") == "unreadable");
  files.file("/proc/net/route", std::string((std::size_t{16} << 20U) + 1, 'x'));
  CHECK(network_fact(files, "routes") == "unreadable");
}

TEST_CASE("ports on which someone listens") {
  CHECK(ports_of(kSocketHeader + socket("3A99") + socket("1F90", "01") + socket("0016")) ==
        std::set<int>{0x16, 15001});
  CHECK(ports_of("0: 00000000000000000000000000000000:3A9E 0:0 0A\n") == std::set<int>{15006});
  CHECK(ports_of("").empty());
  CHECK(ports_of("0: 00000000 0:0 0A\n0: 0:10000 0:0 0A\n0: 0: 0:0 0A\n0: 0:-1 0:0 0A\n0: 0:3A99\n").empty());
  CHECK(ports_of(std::string(100'000, ':')).empty());
}

TEST_CASE("a service mesh is told by both ports of its proxy") {
  MemoryTree files;
  files.file("/proc/net/tcp", kSocketHeader + socket("3A99") + socket("3A9E"));
  CHECK(network_fact(files, "service_mesh") == "istio");
  files.file("/proc/net/tcp", kSocketHeader + socket("102C") + socket("102F"));
  CHECK(network_fact(files, "service_mesh") == "linkerd");
  SECTION("one port over IPv6") {
    files.file("/proc/net/tcp", socket("3A99"));
    CHECK(network_fact(files, "service_mesh") == "absent");
    files.file("/proc/net/tcp6", socket("3A9E"));
    CHECK(network_fact(files, "service_mesh") == "istio");
  }
  SECTION("a connection is nobody who listens") {
    files.file("/proc/net/tcp", socket("3A99", "01") + socket("3A9E", "01"));
    CHECK(network_fact(files, "service_mesh") == "absent");
  }
  SECTION("unreadable") {
    files.fail("/proc/net/tcp6", {ErrorKind::not_permitted, "permission denied"});
    CHECK(network_fact(files, "service_mesh") == "unreadable");
  }
}

TEST_CASE("addresses of a name in /etc/hosts") {
  constexpr std::string_view kHosts =
      "127.0.0.1 localhost\n127.0.1.1\tNode1.cluster node1 # node2\n#10.0.0.9 node1\n10.0.0.1 node1\n"
      "10.0.0.1 alias node1\nnode1\n";
  CHECK(addresses_of_name(kHosts, "NODE1") == std::vector<std::string>{"127.0.1.1", "10.0.0.1"});
  CHECK(addresses_of_name(kHosts, "node2").empty());
  CHECK(addresses_of_name(kHosts, "10.0.0.1").empty());
  CHECK(addresses_of_name(kHosts, "").empty());
  CHECK(addresses_of_name("", "node1").empty());
  CHECK(addresses_of_name("\xff node1\0"
                          "x\n",
                          "node1") == std::vector<std::string>{"\xff"});
}

TEST_CASE("the addresses of the machine's own name") {
  MemoryTree files;
  CHECK(network_fact(files, "host_name_addresses") == "absent");
  files.file("/proc/sys/kernel/hostname", "node1\n");
  CHECK(network_fact(files, "host_name_addresses") == "absent");
  files.file("/etc/hosts", "127.0.0.1 localhost\n");
  CHECK(network_fact(files, "host_name_addresses") == "absent");
  files.file("/etc/hosts", "127.0.1.1 node1\n::1 node1\n");
  CHECK(network_fact(files, "host_name_addresses") == "127.0.1.1, ::1");
  files.file("/etc/hosts", "\xff\xfe node1\n");
  CHECK(network_fact(files, "host_name_addresses") == "\uFFFD\uFFFD");
  files.fifo("/etc/hosts");
  CHECK(network_fact(files, "host_name_addresses") == "unreadable");
}

TEST_CASE("firewalls that are in force") {
  MemoryTree files;
  CHECK(network_fact(files, "firewalls") == "");
  SECTION("ufw") {
    files.file("/etc/ufw/ufw.conf", "# ENABLED=no\nENABLED=yes\nLOGLEVEL=low\n");
    CHECK(network_fact(files, "firewalls") == "ufw");
    files.file("/etc/default/ufw", "DEFAULT_INPUT_POLICY=\"DROP\"\n");
    CHECK(network_fact(files, "firewalls") == "ufw");
    files.file("/etc/default/ufw", "DEFAULT_INPUT_POLICY=\"ACCEPT\"\n");
    CHECK(network_fact(files, "firewalls") == "");
  }
  SECTION("ufw that is off") {
    files.file("/etc/ufw/ufw.conf", "ENABLED=no\n#ENABLED=yes\n");
    CHECK(network_fact(files, "firewalls") == "");
  }
  SECTION("firewalld, and a number that became another process'") {
    files.file("/run/firewalld.pid", "812").file("/proc/812/comm", "firewalld\n");
    CHECK(network_fact(files, "firewalls") == "firewalld");
    files.file("/proc/812/comm", "bash\n");
    CHECK(network_fact(files, "firewalls") == "");
  }
  SECTION("both") {
    files.file("/etc/ufw/ufw.conf", "ENABLED=\"yes\"\n");
    files.file("/run/firewalld.pid", "812\n").file("/proc/812/comm", "firewalld\n");
    CHECK(network_fact(files, "firewalls") == "ufw, firewalld");
  }
  SECTION("files that can't be read, or hold anything") {
    files.file("/run/firewalld.pid", "../../etc");
    CHECK(network_fact(files, "firewalls") == "unreadable");
    files.file("/run/firewalld.pid", "-1");
    CHECK(network_fact(files, "firewalls") == "");
    files.file("/etc/ufw/ufw.conf", "ENABLED\n=\n\xff=\"\nENABLED=\"\n");
    CHECK(network_fact(files, "firewalls") == "");
    files.fail("/etc/ufw/ufw.conf", {ErrorKind::not_permitted, "permission denied"});
    CHECK(network_fact(files, "firewalls") == "unreadable");
  }
}
