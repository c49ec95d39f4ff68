// libnccl.so.2 as the tests have it: it really sums the memory of several processes, but that memory is the
// host's: the "device pointers" of the doubles are ordinary ones. An all-reduce is done when it returns,
// whatever the stream. It follows a scenario (scenario.hpp) and writes a log like NCCL's.
#include "nccl.hpp"

#include <cstdint>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

#include "log.hpp"
#include "scenario.hpp"
#include "star.hpp"

struct NcclComm {
  int rank = 0;
  int count = 0;
  nccl_double::Star star;
  ncclResult_t async_error = ncclSuccess;
};

namespace {

using nccl_double::act;
using nccl_double::Caller;
using nccl_double::Hub;
using nccl_double::log_info;
using nccl_double::log_warning;
using nccl_double::read_scenario;
using nccl_double::Scenario;

// Of the sizes and types of nccl.h: 0 int8, 1 uint8, 2 int32, 3 uint32, 4 int64, 5 uint64, 7 float, 8 double.
std::size_t size_of(int type) {
  constexpr std::size_t kSizes[] = {1, 1, 4, 4, 8, 8, 0, 4, 8};
  return type >= 0 && type <= 8 ? kSizes[type] : 0;
}

template <class Number>
void add_numbers(char* sum, const char* part, std::size_t count) {
  for (std::size_t index = 0; index < count; ++index) {
    Number left{};
    Number right{};
    std::memcpy(&left, sum + index * sizeof left, sizeof left);
    std::memcpy(&right, part + index * sizeof right, sizeof right);
    left = static_cast<Number>(left + right);
    std::memcpy(sum + index * sizeof left, &left, sizeof left);
  }
}

void add(int type, char* sum, const char* part, std::size_t count) {
  switch (type) {
    case 0:
    case 1:
      add_numbers<std::uint8_t>(sum, part, count);
      break;
    case 2:
    case 3:
      add_numbers<std::uint32_t>(sum, part, count);
      break;
    case 4:
    case 5:
      add_numbers<std::uint64_t>(sum, part, count);
      break;
    case 7:
      add_numbers<float>(sum, part, count);
      break;
    case 8:
      add_numbers<double>(sum, part, count);
      break;
    default:
      break;
  }
}

std::string version_text(const Scenario& scenario) {
  const int code = std::stoi(scenario.setting("version", "22105"));
  return std::to_string(code / 10000) + "." + std::to_string(code / 100 % 100) + "." +
         std::to_string(code % 100) + "+cuda" + scenario.setting("cuda", "12.4");
}

// Success, and nothing of it is true.
bool plays_garbage(const Scenario& scenario, const std::string& function, const Caller& caller, void* result,
                   std::size_t size) {
  if (!scenario.find(function, "garbage", caller)) return false;
  std::memset(result, 0xA5, size);
  return true;
}

ncclResult_t remote_gone(NcclComm* comm) {
  comm->async_error = ncclRemoteError;
  log_warning("misc/socket.cc:58", "socketProgress: Connection closed by remote peer, rank " +
                                       std::to_string(comm->rank) + " gives up");
  return ncclRemoteError;
}

// Every rank's bytes, summed by the hub, and back.
bool reduce(NcclComm* comm, std::vector<char>& bytes, int type, std::size_t count) {
  if (comm->rank != 0) {
    return nccl_double::send_all(comm->star.sockets[0], bytes.data(), bytes.size()) &&
           nccl_double::receive_all(comm->star.sockets[0], bytes.data(), bytes.size());
  }
  std::vector<char> part(bytes.size());
  for (const int socket : comm->star.sockets) {
    if (socket < 0) continue;
    if (!nccl_double::receive_all(socket, part.data(), part.size())) return false;
    add(type, bytes.data(), part.data(), count);
  }
  for (const int socket : comm->star.sockets) {
    if (socket >= 0 && !nccl_double::send_all(socket, bytes.data(), bytes.size())) return false;
  }
  return true;
}

void log_connections(const Scenario& scenario, int rank, int count) {
  const auto network = scenario.setting("network", "Socket");
  log_info("Using network " + network);
  const auto next = std::to_string((rank + 1) % count);
  const auto own = std::to_string(rank);
  const auto path = scenario.setting("path", "P2P/CUMEM");
  if (count > 1) {
    log_info("Channel 00/0 : " + own + "[" + own + "] -> " + next + "[" + next + "] via " + path);
  }
  log_info("1 coll channels, 0 collnet channels, 0 nvls channels, 2 p2p channels, 2 p2p channels per peer");
  if (const auto warning = scenario.setting("warning", ""); !warning.empty()) {
    log_warning("init.cc:1", warning);
  }
}

ncclResult_t join(ncclComm_t* comm, int count, const ncclUniqueId& id, int rank,
                  const std::string& function) {
  const Scenario scenario = read_scenario();
  const std::string who = "comm 0x1 rank " + std::to_string(rank) + " nranks " + std::to_string(count) +
                          " cudaDev 0 nvmlDev 0 busId 1000 commId 0x1 - ";
  if (rank == 0) nccl_double::log_version(version_text(scenario));
  log_info(function + " " + who + "Init START");
  if (const auto error = act(scenario, function, Caller{rank, {}})) return static_cast<ncclResult_t>(*error);
  if (plays_garbage(scenario, function, Caller{rank, {}}, comm, sizeof *comm)) return ncclSuccess;
  if (count < 1 || rank < 0 || rank >= count) return ncclInvalidArgument;
  Hub hub{};
  std::memcpy(&hub, id.internal, sizeof hub);
  hub.address[sizeof hub.address - 1] = '\0';
  auto star = rank == 0 ? nccl_double::gather(hub, count) : nccl_double::connect_to(hub, rank, count);
  if (star.sockets.empty()) {
    log_warning("misc/socket.cc:483",
                "socketStartConnect: Connect to " + std::string(hub.address) + " failed");
    return ncclSystemError;
  }
  *comm = new NcclComm{rank, count, std::move(star), ncclSuccess};
  log_connections(scenario, rank, count);
  log_info(function + " " + who + "Init COMPLETE");
  return ncclSuccess;
}

Caller caller_with(const NcclComm* comm) {
  return comm == nullptr ? Caller{} : Caller{comm->rank, comm->star.hosts};
}

ncclResult_t part(ncclComm_t comm, const std::string& function) {
  const auto error = act(read_scenario(), function, caller_with(comm));
  for (const int socket : comm->star.sockets) {
    if (socket >= 0) ::close(socket);
  }
  delete comm;
  return error ? static_cast<ncclResult_t>(*error) : ncclSuccess;
}

// For functions that only may be made to fail.
ncclResult_t only_act(const std::string& function, const NcclComm* comm) {
  return static_cast<ncclResult_t>(act(read_scenario(), function, caller_with(comm)).value_or(ncclSuccess));
}

}  // namespace

ncclResult_t ncclGetVersion(int* version) {
  const auto result = only_act("ncclGetVersion", nullptr);
  const auto scenario = read_scenario();
  if (plays_garbage(scenario, "ncclGetVersion", {}, version, sizeof *version)) return ncclSuccess;
  *version = std::stoi(scenario.setting("version", "22105"));
  return result;
}

ncclResult_t ncclGetUniqueId(ncclUniqueId* id) {
  const auto result = only_act("ncclGetUniqueId", nullptr);
  if (result != ncclSuccess) return result;
  if (plays_garbage(read_scenario(), "ncclGetUniqueId", {}, id, sizeof *id)) return ncclSuccess;
  Hub hub{};
  std::string interface_name;
  if (!nccl_double::open_hub(hub, interface_name)) return ncclSystemError;
  static_assert(sizeof hub <= sizeof id->internal);
  std::memset(id->internal, 0, sizeof id->internal);
  std::memcpy(id->internal, &hub, sizeof hub);
  log_info("Bootstrap : Using " + interface_name + ":" + hub.address + "<0>");
  return ncclSuccess;
}

ncclResult_t ncclCommInitRank(ncclComm_t* comm, int count, ncclUniqueId id, int rank) {
  return join(comm, count, id, rank, "ncclCommInitRank");
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t* comm, int count, ncclUniqueId id, int rank,
                                    void* /*config*/) {
  return join(comm, count, id, rank, "ncclCommInitRankConfig");
}

ncclResult_t ncclCommFinalize(ncclComm_t comm) {
  return only_act("ncclCommFinalize", comm);
}

ncclResult_t ncclCommDestroy(ncclComm_t comm) {
  return part(comm, "ncclCommDestroy");
}

ncclResult_t ncclCommAbort(ncclComm_t comm) {
  return part(comm, "ncclCommAbort");
}

ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t* error) {
  *error = comm->async_error;
  return only_act("ncclCommGetAsyncError", comm);
}

const char* ncclGetErrorString(ncclResult_t result) {
  switch (result) {
    case ncclSuccess:
      return "no error";
    case ncclUnhandledCudaError:
      return "unhandled cuda error (run with NCCL_DEBUG=INFO for details)";
    case ncclSystemError:
      return "unhandled system error (run with NCCL_DEBUG=INFO for details)";
    case ncclInternalError:
      return "internal error - please report this issue to the NCCL developers";
    case ncclInvalidArgument:
      return "invalid argument (run with NCCL_DEBUG=WARN for details)";
    case ncclInvalidUsage:
      return "invalid usage (run with NCCL_DEBUG=WARN for details)";
    case ncclRemoteError:
      return "remote process exited or there was a network error";
    case ncclInProgress:
      return "NCCL operation in progress";
  }
  return "unknown result code";
}

const char* ncclGetLastError(ncclComm_t comm) {
  return comm != nullptr && comm->async_error != ncclSuccess ? "Connection closed by remote peer" : "";
}

ncclResult_t ncclCommCount(ncclComm_t comm, int* count) {
  *count = comm->count;
  return only_act("ncclCommCount", comm);
}

ncclResult_t ncclCommUserRank(ncclComm_t comm, int* rank) {
  *rank = comm->rank;
  return only_act("ncclCommUserRank", comm);
}

ncclResult_t ncclCommCuDevice(ncclComm_t comm, int* device) {
  *device = 0;
  return only_act("ncclCommCuDevice", comm);
}

ncclResult_t ncclAllReduce(const void* send, void* receive, std::size_t count, int type, int operation,
                           ncclComm_t comm, void* /*stream*/) {
  const Scenario scenario = read_scenario();
  const Caller caller = caller_with(comm);
  if (const auto error = act(scenario, "ncclAllReduce", caller)) return static_cast<ncclResult_t>(*error);
  if (size_of(type) == 0 || operation != 0) return ncclInvalidArgument;  // sums only
  const auto size = count * size_of(type);
  std::vector<char> bytes(static_cast<const char*>(send), static_cast<const char*>(send) + size);
  if (!reduce(comm, bytes, type, count)) return remote_gone(comm);
  const auto wrong_from = scenario.find("ncclAllReduce", "wrong-from", caller);
  if (wrong_from && size > 0 && size >= std::stoull(*wrong_from)) bytes.back() ^= 1;
  std::memcpy(receive, bytes.data(), size);
  plays_garbage(scenario, "ncclAllReduce", caller, receive, size);
  return ncclSuccess;
}

ncclResult_t ncclGroupStart() {
  return only_act("ncclGroupStart", nullptr);
}

ncclResult_t ncclGroupEnd() {
  return only_act("ncclGroupEnd", nullptr);
}
