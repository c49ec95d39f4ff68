// Four hosts on one machine: network namespaces, each with a name and addresses of its own on a common
// bridge. Nothing of them outlives this object and the processes in them, however they end.
#pragma once

#include <string>
#include <vector>

#include "support/descriptor.hpp"

namespace preflight::smoke {

constexpr int kHosts = 4;

class NetworkSpaces {
 public:
  // Needs root and iproute2. Without them available() is false, and missing() says why.
  NetworkSpaces();

  bool available() const { return missing_.empty(); }
  const std::string& missing() const { return missing_; }
  bool have_ipv6() const { return have_ipv6_; }

  // "node-1", "10.213.7.1" and "fd13:7::1" of host 0.
  static std::string name(int host);
  static std::string address(int host);
  static std::string ipv6_address(int host);

  // Takes this process (a child of the test) into the host.
  bool enter(int host) const;

  // Cuts the host's cable: no packet, no farewell.
  void cut_off(int host) const;

 private:
  struct Space {
    Descriptor network, name;
  };

  static Space make_space(const std::string& name);
  static bool enter(const Space& space);
  static bool run_in(const Space& space, const std::string& script);
  bool add_host(int host);

  Space switch_;  // the bridge's own, so that the machine's network stays as it is
  std::vector<Space> hosts_;
  std::string missing_;
  bool have_ipv6_ = false;
};

}  // namespace preflight::smoke
