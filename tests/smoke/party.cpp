#include "party.hpp"

#include <algorithm>
#include <poll.h>

#include "catch.hpp"
#include "sanitized.hpp"

namespace preflight::smoke {

namespace {

// Longer than a loaded machine lets a process wait for its turn.
constexpr Milliseconds kNotTheQuestion(60'000);

}  // namespace

Time in(long long milliseconds) {
  return Clock::now() + Milliseconds(milliseconds) * test::kSlower;
}

bool Party::run_until(const std::function<bool()>& done, Milliseconds limit) {
  const Time end = Clock::now() + limit;
  while (!done()) {
    if (Clock::now() >= end) return false;
    std::vector<pollfd> polled;
    Time next = end;
    if (server) {
      polled.push_back({server->descriptor(), POLLIN, 0});
      next = std::min(next, server->next_time());
    }
    for (const auto& client : clients) {
      polled.push_back(client->polled());
      next = std::min(next, client->next_time());
    }
    const auto wait = std::max<long long>(0, between(Clock::now(), next).count());
    ::poll(polled.data(), polled.size(), static_cast<int>(std::min<long long>(wait + 1, 20)));
    if (server) server->step(Clock::now());
    for (const auto& client : clients) client->step(Clock::now());
  }
  return true;
}

ServerOptions server_options(int world) {
  ServerOptions options;
  options.world = world;
  options.token = key_from_text("secret");
  options.listen = Listen::loopback;
  options.beat = Milliseconds(50);
  options.silence = kNotTheQuestion;
  options.settle = Milliseconds(100) * test::kSlower;
  options.greeting = Milliseconds(300) * test::kSlower;
  return options;
}

ClientOptions client_options(const RendezvousServer& server, int rank, int world) {
  ClientOptions options;
  options.host = "127.0.0.1";
  options.port = server.port();
  options.token = key_from_text("secret");
  options.rank = rank;
  options.world = world;
  options.own_host = "node-" + std::to_string(rank);
  options.beat = Milliseconds(50);
  options.silence = kNotTheQuestion;
  return options;
}

Party connected_party(const ServerOptions& options) {
  Party party;
  auto server = RendezvousServer::listen(options);
  REQUIRE(server);
  party.server = std::make_unique<RendezvousServer>(std::move(*server));
  party.server->open(Stage::rendezvous, in(10'000));
  for (int rank = 0; rank < options.world; ++rank) {
    auto client = client_options(*party.server, rank, options.world);
    client.silence = options.silence;
    party.clients.push_back(std::make_unique<RendezvousClient>(std::move(client), in(10'000)));
    party.clients.back()->meet(Stage::rendezvous, "from " + std::to_string(rank), in(10'000));
  }
  REQUIRE(party.run_until([&] { return party.server->complete(); }));
  party.server->reply("go");
  for (const auto& client : party.clients) {
    REQUIRE(party.run_until([&] { return client->take_reply() == "go"; }));
  }
  return party;
}

}  // namespace preflight::smoke
