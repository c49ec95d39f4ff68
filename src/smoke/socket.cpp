#include "smoke/socket.hpp"

#include <cerrno>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <system_error>

namespace preflight::smoke {

namespace {

const sockaddr* generic(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address.storage);
}

sockaddr* generic(Address& address) {
  return reinterpret_cast<sockaddr*>(&address.storage);
}

void set_option(const Descriptor& socket, int level, int name, int value) {
  ::setsockopt(socket.number(), level, name, &value, sizeof value);
}

Descriptor new_socket(int family) {
  return Descriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

Address any_address(int family, std::uint16_t port, Listen where) {
  Address address;
  if (family == AF_INET6) {
    auto& inner = reinterpret_cast<sockaddr_in6&>(address.storage);
    inner.sin6_family = AF_INET6;
    inner.sin6_addr = in6addr_any;
    inner.sin6_port = htons(port);
    address.size = sizeof inner;
  } else {
    auto& inner = reinterpret_cast<sockaddr_in&>(address.storage);
    inner.sin_family = AF_INET;
    inner.sin_addr.s_addr = htonl(where == Listen::loopback ? INADDR_LOOPBACK : INADDR_ANY);
    inner.sin_port = htons(port);
    address.size = sizeof inner;
  }
  return address;
}

// 0 or errno.
int bind_and_listen(const Descriptor& socket, const Address& address) {
  // The port of a run that just ended may be used again at once.
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(socket.number(), generic(address), address.size) != 0) return errno;
  if (::listen(socket.number(), SOMAXCONN) != 0) return errno;
  return 0;
}

}  // namespace

std::string to_text(const Address& address) {
  char host[NI_MAXHOST] = "?";
  char port[NI_MAXSERV] = "?";
  ::getnameinfo(generic(address), address.size, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
  std::string name = host;
  if (name.starts_with("::ffff:")) name.erase(0, 7);  // IPv4, met by a socket of IPv6
  if (name.find(':') != std::string::npos) name = "[" + name + "]";
  return name + ":" + port;
}

Result<Descriptor> listen_on(Listen where, std::uint16_t port) {
  int problem = EAFNOSUPPORT;
  if (where == Listen::everywhere) {
    Descriptor both = new_socket(AF_INET6);
    if (both) {
      set_option(both, IPPROTO_IPV6, IPV6_V6ONLY, 0);
      problem = bind_and_listen(both, any_address(AF_INET6, port, where));
      if (problem == 0) return both;
    }
  }
  // Machines without IPv6 refuse such a socket or its address.
  if (problem == EAFNOSUPPORT || problem == EADDRNOTAVAIL) {
    Descriptor only_ipv4 = new_socket(AF_INET);
    if (only_ipv4) problem = bind_and_listen(only_ipv4, any_address(AF_INET, port, where));
    if (problem == 0) return only_ipv4;
  }
  return Error{ErrorKind::io, "can't listen on port " + std::to_string(port) + ": " + error_text(problem)};
}

std::uint16_t local_port(const Descriptor& socket) {
  Address address;
  address.size = sizeof address.storage;
  if (::getsockname(socket.number(), generic(address), &address.size) != 0) return 0;
  if (address.storage.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
}

Descriptor accept_from(const Descriptor& listener, Address& peer) {
  peer.size = sizeof peer.storage;
  Descriptor socket(::accept4(listener.number(), generic(peer), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket) set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  return socket;
}

Result<Descriptor> begin_connect(const Address& address) {
  Descriptor socket = new_socket(address.storage.ss_family);
  if (!socket) return Error{ErrorKind::io, error_text(errno)};
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  if (::connect(socket.number(), generic(address), address.size) != 0 && errno != EINPROGRESS) {
    return Error{ErrorKind::io, error_text(errno)};
  }
  return socket;
}

int connect_error(const Descriptor& socket) {
  int problem = 0;
  socklen_t size = sizeof problem;
  if (::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &problem, &size) != 0) return errno;
  return problem;
}

void wait_until_closed(const std::vector<Descriptor>& sockets, Milliseconds limit) {
  const Time end = Clock::now() + limit;
  for (const auto& socket : sockets) {
    char ignored[4096];
    for (Time now = Clock::now(); now < end; now = Clock::now()) {
      pollfd polled{socket.number(), POLLIN, 0};
      if (::poll(&polled, 1, static_cast<int>(between(now, end).count()) + 1) < 1) continue;
      if (::recv(socket.number(), ignored, sizeof ignored, 0) <= 0) break;
    }
  }
}

std::string error_text(int number) {
  return std::generic_category().message(number);
}

}  // namespace preflight::smoke
