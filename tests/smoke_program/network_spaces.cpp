#include "network_spaces.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <sched.h>
#include <stdexcept>
#include <sys/wait.h>

namespace preflight::smoke {

namespace {

constexpr const char* kNetwork = "/proc/self/ns/net";
constexpr const char* kName = "/proc/self/ns/uts";

Descriptor open_space(const char* path) {
  return Descriptor(::open(path, O_RDONLY | O_CLOEXEC));
}

std::string cable(int host) {
  return "cable" + std::to_string(host);
}

// As a namespace's name for iproute2.
std::string path_of(const Descriptor& descriptor) {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(descriptor.number());
}

}  // namespace

NetworkSpaces::NetworkSpaces() {
  if (::geteuid() != 0) {
    missing_ = "root is needed for network namespaces";
    return;
  }
  switch_ = make_space("switch");
  bool made = run_in(switch_, "ip link add bridge type bridge && ip link set bridge up");
  for (int host = 0; made && host < kHosts; ++host) made = add_host(host);
  if (!made) missing_ = "this machine doesn't let us make network namespaces, or iproute2 is missing";
}

// Made by going there and back: a namespace lives as long as someone has it open.
NetworkSpaces::Space NetworkSpaces::make_space(const std::string& name) {
  const Space home{open_space(kNetwork), open_space(kName)};
  if (::unshare(CLONE_NEWNET | CLONE_NEWUTS) != 0) return {};
  ::sethostname(name.data(), name.size());
  Space space{open_space(kNetwork), open_space(kName)};
  if (!enter(home)) throw std::runtime_error("no way back from a network namespace");
  return space;
}

bool NetworkSpaces::add_host(int host) {
  hosts_.push_back(make_space(name(host)));
  const auto& space = hosts_.back();
  const auto number = std::to_string(host);
  const bool wired =
      run_in(switch_, "ip link add " + cable(host) + " type veth peer name eth0 netns " +
                          path_of(space.network) + " && ip link set " + cable(host) + " master bridge up");
  if (!wired) return false;
  have_ipv6_ = run_in(space, "ip addr add " + ipv6_address(host) + "/64 dev eth0 nodad");
  return run_in(space,
                "ip addr add " + address(host) + "/24 dev eth0 && ip link set eth0 up && ip link set lo up");
}

std::string NetworkSpaces::name(int host) {
  return "node-" + std::to_string(host + 1);
}

std::string NetworkSpaces::address(int host) {
  return "10.213.7." + std::to_string(host + 1);
}

std::string NetworkSpaces::ipv6_address(int host) {
  return "fd13:7::" + std::to_string(host + 1);
}

bool NetworkSpaces::enter(const Space& space) {
  return space.network && space.name && ::setns(space.network.number(), CLONE_NEWNET) == 0 &&
         ::setns(space.name.number(), CLONE_NEWUTS) == 0;
}

bool NetworkSpaces::enter(int host) const {
  return enter(hosts_.at(static_cast<std::size_t>(host)));
}

bool NetworkSpaces::run_in(const Space& space, const std::string& script) {
  const auto process = ::fork();
  if (process == 0)
    ::_exit(enter(space) && std::system(("(" + script + ") >/dev/null 2>&1").c_str()) == 0 ? 0 : 1);
  int status = 0;
  return ::waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void NetworkSpaces::cut_off(int host) const {
  run_in(switch_, "ip link set " + cable(host) + " down");
}

}  // namespace preflight::smoke
