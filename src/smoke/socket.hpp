// Non-blocking TCP sockets over IPv4 and IPv6.
#pragma once

#include <cstdint>
#include <string>
#include <sys/socket.h>
#include <vector>

#include "smoke/clock.hpp"
#include "support/descriptor.hpp"
#include "support/result.hpp"

namespace preflight::smoke {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

// "10.0.0.4:41844", "[fd00::4]:41844".
std::string to_text(const Address& address);

enum class Listen {
  everywhere,  // on all addresses, IPv4 and IPv6
  loopback     // on 127.0.0.1
};

// Port 0 takes any free one. The errors' messages name the port.
Result<Descriptor> listen_on(Listen where, std::uint16_t port);

std::uint16_t local_port(const Descriptor& socket);

// The next waiting connection; no descriptor when none waits.
Descriptor accept_from(const Descriptor& listener, Address& peer);

// Begins to connect. The outcome shows when the socket becomes writable: connect_error().
Result<Descriptor> begin_connect(const Address& address);

// The errno of a finished attempt; 0 for success.
int connect_error(const Descriptor& socket);

// Waits until the other sides of all are closed, for as long as the limit; what still comes is thrown away.
void wait_until_closed(const std::vector<Descriptor>& sockets, Milliseconds limit);

// "Connection refused".
std::string error_text(int number);

}  // namespace preflight::smoke
