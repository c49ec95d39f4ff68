#include <algorithm>
#include <string>
#include <sys/socket.h>

#include "catch.hpp"
#include "party.hpp"
#include "sanitized.hpp"
#include "smoke/rendezvous_server.hpp"

using namespace preflight::smoke;

namespace {

constexpr Milliseconds kSilence = Milliseconds(400) * preflight::test::kSlower;

// As server_options(), for tests that wait until a silence is noticed.
ServerOptions impatient_options(int world) {
  auto options = server_options(world);
  options.silence = kSilence;
  return options;
}

Party waiting_party(int world) {
  Party party;
  auto server = RendezvousServer::listen(server_options(world));
  REQUIRE(server);
  party.server = std::make_unique<RendezvousServer>(std::move(*server));
  return party;
}

RendezvousClient& join(Party& party, const ClientOptions& options) {
  party.clients.push_back(std::make_unique<RendezvousClient>(options, in(3'000)));
  party.clients.back()->meet(Stage::rendezvous, "", in(5'000));
  return *party.clients.back();
}

// A connection that speaks for itself.
preflight::Descriptor stranger(const RendezvousServer& server) {
  NameLookup address("127.0.0.1", server.port());
  auto socket = begin_connect(address.result()->value().front());
  REQUIRE(socket);
  return std::move(*socket);
}

void say(const preflight::Descriptor& socket, std::string_view text) {
  CHECK(::send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL) > 0);
}

const Trouble& only_trouble(const std::vector<Trouble>& troubles) {
  for (const auto& trouble : troubles) INFO(to_text(trouble));
  REQUIRE(troubles.size() == 1);
  return troubles.front();
}

}  // namespace

TEST_CASE("eight ranks meet, exchange texts, and leave") {
  Party party = connected_party(server_options(8));
  CHECK(party.server->texts()[3] == "from 3");
  for (const auto stage : {Stage::compare, Stage::communicator, Stage::all_reduce}) {
    party.server->open(stage, in(60'000));
    for (const auto& client : party.clients) client->meet(stage, std::string(stage_name(stage)), in(60'000));
    REQUIRE(party.run_until([&] { return party.server->complete(); }));
    CHECK(party.server->texts() == std::vector<std::string>(8, std::string(stage_name(stage))));
    const std::string large(300'000, 'x');
    party.server->reply(large);
    for (const auto& client : party.clients) {
      std::optional<std::string> reply;
      REQUIRE(party.run_until([&] { return (reply = client->take_reply()).has_value(); }));
      CHECK(*reply == large);
    }
  }
  party.server->expect_leave(in(60'000));
  for (const auto& client : party.clients) client->leave();
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  CHECK(party.server->troubles().empty());
  for (const auto& client : party.clients) {
    CHECK(client->ended());
    CHECK(client->troubles().empty());
  }
}

TEST_CASE("who has parted sees that rank 0's process is still there") {
  Party party = connected_party(server_options(2));
  const auto in_trouble = GENERATE(false, true);
  INFO(in_trouble);
  if (in_trouble) {
    party.server->open(Stage::all_reduce, in(50));
  } else {
    party.server->expect_leave(in(2'000));
    for (const auto& client : party.clients) client->leave();
  }
  const auto has_ended = [](const auto& one) { return one->ended(); };
  REQUIRE(party.run_until(
      [&] { return has_ended(party.server) && std::ranges::all_of(party.clients, has_ended); }));
  auto kept = party.server->take_connections();
  CHECK(kept.size() == 2);
  auto connection = party.clients[1]->take_connection();
  REQUIRE(connection);
  char byte = 0;
  CHECK(::recv(connection.number(), &byte, 1, 0) == -1);
  kept.clear();
  std::vector<preflight::Descriptor> own;
  own.push_back(std::move(connection));
  wait_until_closed(own, Milliseconds(60'000));
  CHECK(::recv(own.front().number(), &byte, 1, 0) == 0);
}

TEST_CASE("the port is free as soon as everyone has arrived") {
  const Party party = connected_party(server_options(2));
  CHECK(listen_on(Listen::loopback, party.server->port()));
}

TEST_CASE("ranks may come before the server") {
  Party party;
  auto first = RendezvousServer::listen(server_options(1));
  REQUIRE(first);
  const auto port = first->port();
  const auto options = client_options(*first, 0, 1);
  first = preflight::Error{};
  auto& client = join(party, options);
  CHECK_FALSE(party.run_until([&] { return client.connected(); }, Milliseconds(150)));
  auto late = server_options(1);
  late.port = port;
  auto server = RendezvousServer::listen(late);
  REQUIRE(server);
  party.server = std::make_unique<RendezvousServer>(std::move(*server));
  party.server->open(Stage::rendezvous, in(3'000));
  CHECK(party.run_until([&] { return party.server->complete(); }));
}

TEST_CASE("a rank that never arrives is named to everyone") {
  Party party = waiting_party(3);
  party.server->open(Stage::rendezvous, in(300));
  join(party, client_options(*party.server, 0, 3));
  join(party, client_options(*party.server, 2, 3));
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  CHECK(only_trouble(party.server->troubles()).kind == TroubleKind::never_arrived);
  CHECK(only_trouble(party.server->troubles()).rank == 1);
  REQUIRE(party.run_until([&] { return party.clients[0]->ended() && party.clients[1]->ended(); }));
  CHECK(only_trouble(party.clients[1]->troubles()).rank == 1);
  CHECK(only_trouble(party.clients[1]->troubles()).kind == TroubleKind::never_arrived);
}

TEST_CASE("a rank that dies is named with its host and stage") {
  Party party = connected_party(server_options(4));
  party.server->open(Stage::communicator, in(5'000));
  party.clients[2]->enter(Stage::communicator);
  REQUIRE_FALSE(party.run_until([] { return false; }, Milliseconds(60)));
  const Time died = Clock::now();
  party.clients.erase(party.clients.begin() + 2);
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  CHECK(between(died, Clock::now()) < Milliseconds(2'000) * preflight::test::kSlower);
  const auto& trouble = only_trouble(party.server->troubles());
  CHECK(trouble.kind == TroubleKind::died);
  CHECK(trouble.rank == 2);
  CHECK(trouble.host == "node-2");
  CHECK(trouble.stage == Stage::communicator);
}

TEST_CASE("a rank that isn't heard any more is silent") {
  Party party = connected_party(impatient_options(3));
  party.server->open(Stage::all_reduce, in(20'000));
  // Its connection stays; it gives no sign of life.
  const auto frozen = std::move(party.clients[1]);
  party.clients.erase(party.clients.begin() + 1);
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  const auto& trouble = only_trouble(party.server->troubles());
  CHECK(trouble.kind == TroubleKind::silent);
  CHECK(trouble.rank == 1);
  CHECK(trouble.stage == Stage::rendezvous);
  REQUIRE(trouble.last_heard);
  CHECK(*trouble.last_heard >= kSilence);
}

TEST_CASE("ranks that are alive and don't get through are stuck") {
  Party party = connected_party(server_options(3));
  party.server->open(Stage::communicator, in(200));
  party.clients[0]->meet(Stage::communicator, "", in(2'000));
  party.clients[1]->enter(Stage::communicator);
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  const auto& troubles = party.server->troubles();
  REQUIRE(troubles.size() == 2);
  CHECK(troubles[0].kind == TroubleKind::stuck);
  CHECK(troubles[0].rank == 1);
  CHECK(troubles[0].stage == Stage::communicator);
  CHECK(troubles[1].rank == 2);
  CHECK(troubles[1].stage == Stage::rendezvous);
}

TEST_CASE("a rank that says that it failed is quoted to everyone") {
  Party party = connected_party(server_options(3));
  party.server->open(Stage::communicator, in(5'000));
  party.clients[1]->enter(Stage::communicator);
  party.clients[1]->fail({"ncclCommInitRank: unhandled system error", TroubleKind::failed, "a warning"},
                         in(3'000));
  REQUIRE(party.run_until([&] { return party.server->ended() && party.clients[0]->ended(); }));
  for (const auto* troubles : {&party.server->troubles(), &party.clients[0]->troubles()}) {
    const auto& trouble = only_trouble(*troubles);
    CHECK(trouble.kind == TroubleKind::failed);
    CHECK(trouble.rank == 1);
    CHECK(trouble.stage == Stage::communicator);
    CHECK(trouble.detail == "ncclCommInitRank: unhandled system error");
    CHECK(trouble.log == "a warning");
  }
}

TEST_CASE("the first trouble stands first, and those that come with it are listed") {
  Party party = connected_party(server_options(3));
  party.server->open(Stage::all_reduce, in(5'000));
  party.clients.erase(party.clients.begin() + 2);
  REQUIRE(party.run_until([&] { return !party.server->troubles().empty(); }));
  party.clients[0]->fail({"remote process exited", TroubleKind::failed, ""}, in(3'000));
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  const auto& troubles = party.server->troubles();
  REQUIRE(troubles.size() == 2);
  CHECK(troubles[0].kind == TroubleKind::died);
  CHECK(troubles[0].rank == 2);
  CHECK(troubles[1].kind == TroubleKind::failed);
}

TEST_CASE("those who lost a rank stand after the one that failed, though they say it earlier") {
  Party party = connected_party(server_options(3));
  party.server->open(Stage::all_reduce, in(5'000));
  party.clients[0]->fail({"remote process exited", TroubleKind::lost_another, ""}, in(3'000));
  REQUIRE(party.run_until([&] { return !party.server->troubles().empty(); }));
  party.clients[2]->fail({"its process crashed", TroubleKind::failed, ""}, in(3'000));
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  const auto& troubles = party.server->troubles();
  REQUIRE(troubles.size() == 2);
  CHECK(troubles[0].rank == 2);
  CHECK(troubles[1].kind == TroubleKind::lost_another);
}

TEST_CASE("when all ranks are in trouble nobody is waited for") {
  auto options = server_options(3);
  options.settle = Milliseconds(3'600'000);
  Party party = connected_party(options);
  party.server->open(Stage::communicator, in(3'600'000));
  for (const auto& client : party.clients)
    client->fail({"unhandled system error", TroubleKind::failed, ""}, in(3'600'000));
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  CHECK(party.server->troubles().size() == 3);
}

TEST_CASE("a rank that comes twice is refused, and both places are named") {
  Party party = waiting_party(2);
  party.server->open(Stage::rendezvous, in(2'000));
  join(party, client_options(*party.server, 1, 2));
  REQUIRE(party.run_until([&] { return party.clients[0]->connected(); }));
  auto twin = client_options(*party.server, 1, 2);
  twin.own_host = "node-9";
  auto& second = join(party, twin);
  REQUIRE(party.run_until([&] { return party.server->ended() && second.ended(); }));
  const auto& trouble = only_trouble(party.server->troubles());
  CHECK(trouble.kind == TroubleKind::came_twice);
  CHECK(trouble.host == "node-9");
  CHECK(trouble.detail.find("node-1") != std::string::npos);
  CHECK(only_trouble(second.troubles()).kind == TroubleKind::came_twice);
}

TEST_CASE("a rank that counts another number of ranks is refused") {
  Party party = waiting_party(2);
  party.server->open(Stage::rendezvous, in(2'000));
  auto& other = join(party, client_options(*party.server, 1, 4));
  REQUIRE(party.run_until([&] { return party.server->ended() && other.ended(); }));
  CHECK(only_trouble(party.server->troubles()).kind == TroubleKind::other_world_size);
  CHECK(only_trouble(party.server->troubles()).rank == 1);
  CHECK(only_trouble(other.troubles()).detail.find("it counts 4, rank 0 counts 2") != std::string::npos);
}

TEST_CASE("another token is refused; the rank that it claims is missed at the deadline") {
  Party party = waiting_party(2);
  party.server->open(Stage::rendezvous, in(500));
  join(party, client_options(*party.server, 0, 2));
  auto options = client_options(*party.server, 1, 2);
  options.token = key_from_text("guess");
  auto& other = join(party, options);
  REQUIRE(party.run_until([&] { return other.ended(); }));
  CHECK(only_trouble(other.troubles()).kind == TroubleKind::other_token);
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  const auto& troubles = party.server->troubles();
  REQUIRE(troubles.size() == 2);
  CHECK(troubles[0].kind == TroubleKind::never_arrived);
  CHECK(troubles[1].kind == TroubleKind::other_token);
  CHECK(troubles[1].rank == 1);
  CHECK(troubles[1].host == "node-1");
}

TEST_CASE("strangers don't keep the ranks from meeting") {
  Party party = waiting_party(2);
  party.server->open(Stage::rendezvous, in(5'000));
  const auto scanner = stranger(*party.server);
  const auto flooder = stranger(*party.server);
  std::vector<preflight::Descriptor> idle;
  for (int count = 0; count < 100; ++count) idle.push_back(stranger(*party.server));
  REQUIRE_FALSE(party.run_until([] { return false; }, Milliseconds(50)));
  say(scanner, "GET / HTTP/1.1\r\n");
  say(flooder, std::string("gpf1\x7F\xFF\xFF\xFF", 8) + std::string(100'000, 'x'));
  join(party, client_options(*party.server, 0, 2));
  join(party, client_options(*party.server, 1, 2));
  REQUIRE(party.run_until([&] { return party.server->complete(); }));
  CHECK(party.server->troubles().empty());
}

TEST_CASE("strangers are named when a rank is missing") {
  Party party = waiting_party(1);
  party.server->open(Stage::rendezvous, in(300));
  const auto scanner = stranger(*party.server);
  const auto flooder = stranger(*party.server);
  REQUIRE_FALSE(party.run_until([] { return false; }, Milliseconds(50)));
  say(scanner, "GET / HTTP/1.1\r\n");
  say(flooder, std::string("gpf1\x7F\xFF\xFF\xFF", 8) + std::string(100, 'x'));
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  REQUIRE(party.server->troubles().size() == 3);
  CHECK(party.server->troubles()[0].kind == TroubleKind::never_arrived);
  std::string kinds;
  for (const auto& trouble : party.server->strangers())
    kinds += std::string(trouble_name(trouble.kind)) + " ";
  CHECK((kinds == "garbage flood " || kinds == "flood garbage "));
}

TEST_CASE("a rank that floods is stopped and named") {
  Party party = connected_party(server_options(2));
  party.server->open(Stage::all_reduce, in(5'000));
  for (int count = 0; count < 3'000; ++count) party.clients[1]->enter(Stage::all_reduce);
  REQUIRE(party.run_until([&] { return party.server->ended(); }));
  CHECK(only_trouble(party.server->troubles()).kind == TroubleKind::flood);
  CHECK(only_trouble(party.server->troubles()).rank == 1);

  Party other = connected_party(server_options(2));
  other.server->open(Stage::compare, in(5'000));
  other.clients[0]->meet(Stage::compare, std::string(1'000'000, 'x'), in(5'000));
  REQUIRE(other.run_until([&] { return other.server->ended(); }));
  CHECK(only_trouble(other.server->troubles()).kind == TroubleKind::flood);
  CHECK(only_trouble(other.server->troubles()).rank == 0);
}

TEST_CASE("without a server the client says why, by its deadline") {
  auto server = RendezvousServer::listen(server_options(2));
  REQUIRE(server);
  auto options = client_options(*server, 1, 2);
  server = preflight::Error{};
  const auto ended_with = [](const ClientOptions& where) {
    Party party;
    party.clients.push_back(std::make_unique<RendezvousClient>(where, in(400)));
    const Time begin = Clock::now();
    REQUIRE(party.run_until([&] { return party.clients[0]->ended(); }));
    CHECK(between(begin, Clock::now()) < Milliseconds(900) * preflight::test::kSlower);
    const auto& trouble = only_trouble(party.clients[0]->troubles());
    CHECK(trouble.kind == TroubleKind::no_server);
    CHECK(trouble.rank == 0);
    return trouble.detail;
  };
  CHECK(ended_with(options).find("Connection refused") != std::string::npos);
  options.host = "no-such-host.invalid";
  CHECK(ended_with(options).find("no-such-host.invalid") != std::string::npos);
}

TEST_CASE("a client whose server dies or falls silent says so") {
  const bool falls_silent = GENERATE(false, true);
  INFO(falls_silent);
  Party party = connected_party(falls_silent ? impatient_options(2) : server_options(2));
  party.clients[1]->meet(Stage::all_reduce, "", in(10'000));
  auto server = std::move(party.server);
  if (!falls_silent) server.reset();
  REQUIRE(party.run_until([&] { return party.clients[1]->ended(); }));
  const auto& trouble = only_trouble(party.clients[1]->troubles());
  CHECK(trouble.detail.find(falls_silent ? "cut off" : "died") != std::string::npos);
  CHECK(trouble.kind == TroubleKind::server_lost);
  CHECK(trouble.stage == Stage::all_reduce);
}

TEST_CASE("a client that connects to another program goes on trying, and says what it met") {
  auto other = listen_on(Listen::loopback, 0);
  REQUIRE(other);
  auto any = RendezvousServer::listen(server_options(1));
  REQUIRE(any);
  auto options = client_options(*any, 0, 1);
  options.port = local_port(*other);
  RendezvousClient client(options, in(300));
  std::vector<preflight::Descriptor> accepted;
  while (!client.ended()) {
    client.step(Clock::now());
    Address peer;
    if (auto socket = accept_from(*other, peer)) {
      say(socket, "SSH-2.0-OpenSSH_9.2\r\n");
      accepted.push_back(std::move(socket));
    }
  }
  CHECK(accepted.size() > 1);
  CHECK(only_trouble(client.troubles()).detail.find("another program answers") != std::string::npos);
}

TEST_CASE("the server is reached over IPv6, too") {
  auto options = server_options(1);
  options.listen = Listen::everywhere;
  Party party;
  auto server = RendezvousServer::listen(options);
  REQUIRE(server);
  party.server = std::make_unique<RendezvousServer>(std::move(*server));
  party.server->open(Stage::rendezvous, in(2'000));
  auto over_ipv6 = client_options(*party.server, 0, 1);
  over_ipv6.host = "::1";
  join(party, over_ipv6);
  if (!party.run_until([&] { return party.server->complete(); },
                       Milliseconds(1'000) * preflight::test::kSlower)) {
    WARN("no IPv6 on this machine's loopback");
  }
  CHECK(party.server->port() != 0);
}
