#include "star.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nccl_double {

namespace {

in_addr own_address(std::string& interface_name) {
  const char* wanted = std::getenv("NCCL_SOCKET_IFNAME");
  in_addr chosen{};
  chosen.s_addr = htonl(INADDR_LOOPBACK);
  interface_name = "lo";
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return chosen;
  for (const auto* item = list; item != nullptr; item = item->ifa_next) {
    if (item->ifa_addr == nullptr || item->ifa_addr->sa_family != AF_INET) continue;
    const std::string name = item->ifa_name;
    const bool fits = wanted != nullptr ? name.rfind(wanted, 0) == 0 : (item->ifa_flags & IFF_LOOPBACK) == 0;
    if (!fits || (item->ifa_flags & IFF_UP) == 0) continue;
    chosen = reinterpret_cast<const sockaddr_in*>(item->ifa_addr)->sin_addr;
    interface_name = name;
    break;
  }
  ::freeifaddrs(list);
  return chosen;
}

using HostName = std::array<char, 64>;

HostName own_name() {
  HostName name{};
  ::gethostname(name.data(), name.size() - 1);
  return name;
}

std::vector<std::string> texts_of(const std::vector<HostName>& names) {
  std::vector<std::string> texts;
  for (const auto& name : names) texts.emplace_back(name.data(), ::strnlen(name.data(), name.size()));
  return texts;
}

void without_delay(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

bool open_hub(Hub& hub, std::string& interface_name) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr = own_address(interface_name);
  hub.listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t size = sizeof address;
  if (::bind(hub.listener, reinterpret_cast<const sockaddr*>(&address), size) != 0) return false;
  if (::listen(hub.listener, SOMAXCONN) != 0) return false;
  ::getsockname(hub.listener, reinterpret_cast<sockaddr*>(&address), &size);
  ::inet_ntop(AF_INET, &address.sin_addr, hub.address, sizeof hub.address);
  hub.port = ntohs(address.sin_port);
  return true;
}

Star gather(const Hub& hub, int count) {
  Star star;
  star.sockets.resize(static_cast<std::size_t>(count), -1);
  std::vector<HostName> names{own_name()};
  for (int arrived = 1; arrived < count; ++arrived) {
    const int socket = ::accept4(hub.listener, nullptr, nullptr, SOCK_CLOEXEC);
    int rank = -1;
    HostName name{};
    if (socket < 0 || !receive_all(socket, &rank, sizeof rank) || rank < 1 || rank >= count) return {};
    if (!receive_all(socket, name.data(), name.size())) return {};
    without_delay(socket);
    star.sockets[static_cast<std::size_t>(rank)] = socket;
    names.push_back(name);
  }
  for (const int socket : star.sockets) {
    if (socket >= 0 && !send_all(socket, names.data(), names.size() * sizeof(HostName))) return {};
  }
  ::close(hub.listener);
  star.hosts = texts_of(names);
  return star;
}

Star connect_to(const Hub& hub, int rank, int count) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(hub.port);
  ::inet_pton(AF_INET, hub.address, &address.sin_addr);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const HostName name = own_name();
  std::vector<HostName> names(static_cast<std::size_t>(count));
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      !send_all(socket, &rank, sizeof rank) || !send_all(socket, name.data(), name.size()) ||
      !receive_all(socket, names.data(), names.size() * sizeof(HostName))) {
    ::close(socket);
    return {};
  }
  without_delay(socket);
  return {{socket}, texts_of(names)};
}

bool send_all(int socket, const void* bytes, std::size_t size) {
  const auto* next = static_cast<const char*>(bytes);
  while (size > 0) {
    const auto count = ::send(socket, next, size, MSG_NOSIGNAL);
    if (count <= 0) return false;
    next += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

bool receive_all(int socket, void* bytes, std::size_t size) {
  auto* next = static_cast<char*>(bytes);
  while (size > 0) {
    const auto count = ::recv(socket, next, size, 0);
    if (count <= 0) return false;
    next += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace nccl_double
