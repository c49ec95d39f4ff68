// Four hosts on one machine: network namespaces, each with an address of its own on a common bridge.
#pragma once

#include <functional>
#include <string>

namespace preflight::smoke {

constexpr int kHosts = 4;

class NetworkSpaces {
 public:
  // Needs root and iproute2. Without them available() is false, and missing() says why.
  NetworkSpaces();
  NetworkSpaces(const NetworkSpaces&) = delete;
  NetworkSpaces& operator=(const NetworkSpaces&) = delete;
  ~NetworkSpaces();

  bool available() const { return missing_.empty(); }
  const std::string& missing() const { return missing_; }

  // "10.213.7.1" of host 0.
  static std::string address(int host);

  // Takes this process (a child of the test) into the host.
  static bool enter(int host);

  // Cuts the host's cable: no packet, no farewell.
  void cut_off(int host) const;

 private:
  std::string missing_;
};

}  // namespace preflight::smoke
