// A server and its clients in one process and one loop.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "smoke/rendezvous_client.hpp"
#include "smoke/rendezvous_server.hpp"

namespace preflight::smoke {

struct Party {
  std::unique_ptr<RendezvousServer> server;
  std::vector<std::unique_ptr<RendezvousClient>> clients;

  // Steps everyone until `done()`; false when that takes longer than the limit.
  bool run_until(const std::function<bool()>& done, Milliseconds limit = Milliseconds(20'000));
};

ServerOptions server_options(int world);
ClientOptions client_options(const RendezvousServer& server, int rank, int world);

// A server and one connected client for each rank, all with the server's limit for silence; the first
// meeting, at 'rendezvous', is done.
Party connected_party(const ServerOptions& options);

// So many milliseconds from now, kSlower times as many under sanitizers.
Time in(long long milliseconds);

}  // namespace preflight::smoke
