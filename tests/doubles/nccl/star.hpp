// The double's network: rank 0 is the hub, every other rank has one connection to it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace nccl_double {

// Where the hub listens: "10.0.0.4" and a port. What ncclUniqueId carries.
struct Hub {
  char address[64];
  unsigned short port;
  int listener;  // in the hub's process
};

// On the interface that NCCL_SOCKET_IFNAME begins, else on the first one that isn't the loopback.
bool open_hub(Hub& hub, std::string& interface_name);

struct Star {
  std::vector<int> sockets;  // the hub's connections by rank, or a rank's only one; empty when it failed
  std::vector<std::string> hosts;  // of the ranks
};

Star gather(const Hub& hub, int count);
Star connect_to(const Hub& hub, int rank, int count);

// False when the other side is gone.
bool send_all(int socket, const void* bytes, std::size_t size);
bool receive_all(int socket, void* bytes, std::size_t size);

}  // namespace nccl_double
