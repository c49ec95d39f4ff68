#include "smoke/nccl_log.hpp"

#include "catch.hpp"

using namespace preflight::smoke;

namespace {

std::string info(std::string_view text) {
  return "node-1:100:120 [0] NCCL INFO " + std::string(text) + "\n";
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the log of a single node of release 2.14") {
  const auto log = parse_nccl_log(
      info("Bootstrap : Using eth0:10.0.0.4<0>") +
      info("NET/Plugin : No plugin found (libnccl-net.so), using internal implementation") +
      "NCCL version 2.14.3+cuda11.7\n" + info("NCCL_IB_DISABLE set by environment to 1.") +
      info("NET/IB : No device found.") + info("NET/Socket : Using [0]eth0:10.0.0.4<0> [1]eth1:10.0.1.4<0>") +
      info("Using network Socket") + info("Channel 00/0 : 0[7000] -> 1[a000] via P2P/IPC") +
      info("Channel 01 : 1[a000] -> 0[7000] via SHM/direct/direct") +
      info("8 coll channels, 8 p2p channels, 2 p2p channels per peer") +
      info("comm 0x55d0 rank 0 nranks 2 cudaDev 0 busId 7000 - Init COMPLETE"));
  CHECK(log.version == "2.14.3+cuda11.7");
  CHECK(log.bootstrap == Names{"eth0:10.0.0.4"});
  CHECK(log.socket_interfaces == Names{"eth0:10.0.0.4", "eth1:10.0.1.4"});
  CHECK(log.no_infiniband);
  CHECK(log.network == "Socket");
  CHECK(log.plugins.empty());
  CHECK(log.environment.at("NCCL_IB_DISABLE") == "1");
  REQUIRE(log.channels);
  CHECK(log.channels->collective == 8);
  CHECK(log.channels->p2p == 8);
  CHECK(log.ranks_complete == std::set<int>{0});
  REQUIRE(log.paths.size() == 2);
  CHECK(log.paths[0].transport == NcclTransport::p2p);
  CHECK(log.paths[0].via == "IPC");
  CHECK(log.paths[1].transport == NcclTransport::shared_memory);
  CHECK(log.paths[1].from == 1);
  CHECK(log.paths[1].channels == std::set<int>{1});
}

TEST_CASE("the log of two nodes of release 2.27") {
  const auto log = parse_nccl_log(
      info("NCCL version 2.27.5+cuda12.9") + info("Bootstrap: Using eth0:10.0.0.4<0>") +
      info("NET/Plugin: Loaded net plugin AWS Libfabric (v10)") +
      info("NET/Plugin: Loaded net plugin AWS Libfabric (v10)") +
      info("NET/Plugin: Loaded collnet plugin SHARP (v8)") + info("TUNER/Plugin: Using tuner plugin ofi") +
      info("TUNER/Plugin: Using internal tuner plugin.") + info("PROFILER/Plugin: Loaded clock (v4)") +
      info("NET/IB : Using [0]mlx5_0:1/IB [1]mlx5_1:1/RoCE [RO]; OOB eth0:10.0.0.4<0>") +
      info("NET/IB : GPU Direct RDMA Enabled for HCA 0 'mlx5_0'") +
      info("NET/IB : GPU Direct RDMA Disabled for HCA 1 'mlx5_1'") +
      info("GPU Direct RDMA Enabled for GPU 0 / HCA 0 (distance 4 <= 4), read 1") +
      info("NVLS multicast support is available on dev 0") +
      info("[Rank 4] ncclCommInitRank comm 0x55d0 rank 4 nranks 16 cudaDev 4 nvmlDev 4 busId a commId 0x1 - "
           "Init START") +
      info("Channel 00/0 : 0[0] -> 8[0] [send] via NET/IB/0/GDRDMA") +
      info("Channel 01/0 : 0[0] -> 8[0] [send] via NET/IB/0/GDRDMA/Shared") +
      info("Channel 00/0 : 8[0] -> 0[0] [receive] via NET/AWS Libfabric/3(1)/GDRDMA") +
      info("Channel 02/1 : 0[0] -> 1[1] via P2P/CUMEM/read") +
      info("Channel 03/1 : 0[0] -> 1[1] via P2P/direct pointer") +
      info("CollNet 00/0 : 3 [send] via COLLNET/SHARP/0/GDRDMA") +
      info("NVLS comm 0x55d0 headRank 0 nHeads 8 buffSize 1048576 memSize 2097152") +
      info("24 coll channels, 24 collnet channels, 16 nvls channels, 32 p2p channels, 2 p2p channels per "
           "peer"));
  CHECK(log.version == "2.27.5+cuda12.9");
  REQUIRE(log.plugins.size() == 4);
  CHECK(log.plugins[0].kind == "net");
  CHECK(log.plugins[0].name == "AWS Libfabric");
  CHECK(log.plugins[1].kind == "collnet");
  CHECK(log.plugins[2].name == "ofi");
  CHECK(log.plugins[3].kind == "profiler");
  CHECK(log.infiniband_devices == Names{"mlx5_0:1/IB", "mlx5_1:1/RoCE"});
  CHECK(log.gpu_direct == std::map<std::string, bool>{{"mlx5_0", true}, {"mlx5_1", false}});
  CHECK(log.nvls_available == true);
  CHECK(log.nvls_used);
  CHECK(log.ranks_started == std::set<int>{4});
  CHECK(log.channels->nvls == 16);
  REQUIRE(log.paths.size() == 5);
  CHECK(log.paths[0].gpu_direct);
  CHECK(log.paths[0].channels == std::set<int>{0, 1});
  CHECK(log.paths[1].via == "AWS Libfabric");
  CHECK(log.paths[1].device == "3");
  CHECK(log.paths[2].via == "CUMEM");
  CHECK(log.paths[3].via == "direct pointer");
  CHECK(log.paths[4].transport == NcclTransport::coll_net);
}

TEST_CASE("warnings are kept with their place, in every release's form") {
  const auto log = parse_nccl_log(
      "\nnode-1:1:2 [3] misc/socket.cc:483 NCCL WARN socketStartConnect: failed : Connection refused\n"
      "[2025-05-01 12:00:00] node-1:1:2 [3] transport/p2p.cc:275 (p2pCanConnect) NCCL WARN Cuda failure 'x'\n"
      "node-1:1:2 [0] NCCL WARN no place\n");
  REQUIRE(log.warnings.size() == 3);
  CHECK(log.warnings[0].place == "misc/socket.cc:483");
  CHECK(log.warnings[0].text == "socketStartConnect: failed : Connection refused");
  CHECK(log.warnings[1].place == "transport/p2p.cc:275");
  CHECK(log.warnings[2].place.empty());
}

TEST_CASE("any text is read, and what is kept is bounded") {
  for (const auto* text :
       {"", "\n", "NCCL INFO", "NCCL INFO Channel", "x NCCL INFO Channel 0 : via ", "NCCL WARN ",
        "NCCL INFO Channel 99999999999 : 0[0] -> 1[1] via P2P", "NCCL INFO Channel 0 : 0[0] via NET/IB",
        "NCCL INFO Channel 0 : -1[0] -> 1[1] via NET/IB", "NCCL version ", "NCCL INFO Bootstrap : Using",
        "NCCL INFO NET/IB : Using [0 [x]y []", "NCCL INFO NET/x : GPU Direct RDMA Enabled for HCA '"}) {
    INFO(text);
    CHECK(parse_nccl_log(text).paths.empty());
  }
  CHECK(parse_nccl_log("x NCCL WARN \xFF").warnings.front().text == "\xEF\xBF\xBD");

  std::string many;
  for (int count = 0; count < 100; ++count) many += "n:1:2 [0] NCCL WARN again\n";
  CHECK(parse_nccl_log(many).warnings.size() == kMostNcclWarnings);
  CHECK(parse_nccl_log(many).warnings_left_out == 100 - kMostNcclWarnings);

  std::string paths;
  for (int rank = 0; rank < 17'000; ++rank) {
    paths += info("Channel 00/0 : " + std::to_string(rank) + "[0] -> 1[1] via P2P/IPC");
  }
  CHECK(parse_nccl_log(paths).paths.size() == kMostNcclPaths);
  CHECK(parse_nccl_log(paths).paths_left_out == 17'000 - kMostNcclPaths);
  CHECK(parse_nccl_log("NCCL WARN " + std::string(1'000'000, 'x')).warnings[0].text.size() == 500);
}
