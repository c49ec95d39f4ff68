#include "network_spaces.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace preflight::smoke {

namespace {

const std::string kBridge = "preflightbr";

std::string space(int host) {
  return "preflight-" + std::to_string(host);
}

std::string cable(int host) {
  return "preflightv" + std::to_string(host);
}

bool shell(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

// The bridge stands in a namespace of its own, so that the machine's own network stays as it is.
const std::string kInSwitch = "ip -n preflight-switch ";

void remove_all() {
  for (int host = 0; host < kHosts; ++host) shell("ip netns del " + space(host));
  shell("ip netns del preflight-switch");
}

bool add_host(int host) {
  const std::string inside = "ip -n " + space(host) + " ";
  return shell("ip netns add " + space(host)) &&
         shell(kInSwitch + "link add " + cable(host) + " type veth peer name eth0 netns " + space(host)) &&
         shell(kInSwitch + "link set " + cable(host) + " master " + kBridge + " up") &&
         shell(inside + "addr add " + NetworkSpaces::address(host) + "/24 dev eth0") &&
         shell(inside + "link set eth0 up") && shell(inside + "link set lo up");
}

}  // namespace

NetworkSpaces::NetworkSpaces() {
  if (::geteuid() != 0) {
    missing_ = "root is needed for network namespaces";
    return;
  }
  remove_all();
  bool made = shell("ip netns add preflight-switch") &&
              shell(kInSwitch + "link add " + kBridge + " type bridge") &&
              shell(kInSwitch + "link set " + kBridge + " up");
  for (int host = 0; made && host < kHosts; ++host) made = add_host(host);
  if (!made) missing_ = "this machine doesn't let us make network namespaces, or iproute2 is missing";
}

NetworkSpaces::~NetworkSpaces() {
  if (::geteuid() == 0) remove_all();
}

std::string NetworkSpaces::address(int host) {
  return "10.213.7." + std::to_string(host + 1);
}

bool NetworkSpaces::enter(int host) {
  const int file = ::open(("/run/netns/" + space(host)).c_str(), O_RDONLY | O_CLOEXEC);
  return file >= 0 && ::setns(file, CLONE_NEWNET) == 0;
}

void NetworkSpaces::cut_off(int host) const {
  shell(kInSwitch + "link set " + cable(host) + " down");
}

}  // namespace preflight::smoke
