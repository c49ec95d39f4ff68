#include "smoke/log_summary.hpp"

#include "catch.hpp"

using namespace preflight::smoke;

namespace {

NcclPath path(NcclTransport transport, const std::string& via, bool gpu_direct = false) {
  NcclPath path;
  path.transport = transport;
  path.via = via;
  path.gpu_direct = gpu_direct;
  return path;
}

}  // namespace

TEST_CASE("an empty log says nothing") {
  for (const auto& [topic, entries] : summary_of(NcclLog())) {
    INFO(topic);
    CHECK(entries.empty());
  }
  CHECK(last_warnings(NcclLog()).empty());
}

TEST_CASE("each way of data is told once, as NCCL names it") {
  NcclLog log;
  log.paths = {path(NcclTransport::p2p, "CUMEM"),      path(NcclTransport::p2p, "CUMEM"),
               path(NcclTransport::p2p, ""),           path(NcclTransport::shared_memory, "direct"),
               path(NcclTransport::net, "IB", true),   path(NcclTransport::net, "Socket"),
               path(NcclTransport::coll_net, "SHARP"), path(NcclTransport::other, "X")};
  log.nvls_used = true;
  CHECK(summary_of(log).at("transport") == std::set<std::string>{"P2P", "P2P/CUMEM", "SHM", "NET/IB/GDRDMA",
                                                                 "NET/Socket", "COLLNET/SHARP", "NVLS",
                                                                 "other"});
}

TEST_CASE("the network, its devices, plugins and warnings have topics of their own") {
  NcclLog log;
  log.network = "AWS Libfabric";
  log.infiniband_devices = {"mlx5_0:1/IB", "mlx5_1:1/IB"};
  log.plugins = {{"net", "AWS Libfabric"}, {"tuner", "x"}};
  log.warnings = {{"init.cc:1", "first"}, {"", "second"}, {"", "first"}};
  const auto summary = summary_of(log);
  CHECK(summary.at("network") == std::set<std::string>{"AWS Libfabric"});
  CHECK(summary.at("infiniband") == std::set<std::string>{"mlx5_0:1/IB", "mlx5_1:1/IB"});
  CHECK(summary.at("plugin") == std::set<std::string>{"net AWS Libfabric", "tuner x"});
  CHECK(summary.at("warning") == std::set<std::string>{"first", "second"});
}

TEST_CASE("the bootstrap's interfaces count only where the network names none") {
  NcclLog log;
  log.bootstrap = {"lo:127.0.0.1"};
  CHECK(summary_of(log).at("interface") == std::set<std::string>{"lo:127.0.0.1"});
  log.socket_interfaces = {"eth0:10.0.0.4"};
  CHECK(summary_of(log).at("interface") == std::set<std::string>{"eth0:10.0.0.4"});
}

TEST_CASE("summaries are joined, each entry once") {
  LogSummary all{{"network", {"IB"}}};
  add(all, {{"network", {"IB", "Socket"}}, {"transport", {"SHM"}}});
  CHECK(all == LogSummary{{"network", {"IB", "Socket"}}, {"transport", {"SHM"}}});
}

TEST_CASE("however many ranks warn, a topic has an end") {
  LogSummary all;
  for (int rank = 0; rank < 1000; ++rank) add(all, {{"warning", {"rank " + std::to_string(rank)}}});
  CHECK(all.at("warning").size() == 200);
}

TEST_CASE("a summary is read as it was written") {
  const LogSummary summary{{"network", {"IB"}}, {"transport", {"P2P/CUMEM", "NVLS"}}};
  CHECK(log_summary_from(to_json_text(summary)) == summary);
  CHECK(log_summary_from(to_json_text({{"warning", {"\xff"}}})).at("warning").count("\xef\xbf\xbd") == 1);
}

TEST_CASE("what is no summary is empty") {
  const auto* const text = GENERATE("", "{", "[]", "null", R"(["network"])", R"({"network":"IB"})",
                                    R"({"network":{"a":"IB"}})", R"({"network":[1,null,["IB"]]})");
  INFO(text);
  CHECK(log_summary_from(text).empty());
  CHECK(log_summary_from(std::string(100'000, '[')).empty());
}

TEST_CASE("the last three warnings are shown") {
  NcclLog log;
  for (const auto* text : {"a", "b", "c", "d"}) log.warnings.push_back({"", text});
  CHECK(last_warnings(log) == "b; c; d");
  log.warnings.resize(1);
  CHECK(last_warnings(log) == "a");
}
