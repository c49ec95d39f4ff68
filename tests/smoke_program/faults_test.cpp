// Every way in which the libraries and the ranks' processes can fail at each stage of the smoke test: the
// report says where, in time, and nothing is left. docs/smoke-faults.md is the table; PREFLIGHT_WRITE_PAGES=1
// writes it again.
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sys/socket.h>
#include <thread>
#include <tuple>
#include <variant>

#include "catch.hpp"
#include "doubles/hidden_symbols.hpp"
#include "fault_case.hpp"
#include "smoke/launcher.hpp"
#include "smoke/name_lookup.hpp"
#include "smoke/socket.hpp"
#include "support/text.hpp"
#include "support/user_file.hpp"

using namespace preflight;
using namespace preflight::smoke;

namespace {

constexpr const char* kFaults[] = {"hang",           "crash",           "error code",
                                   "missing symbol", "missing library", "garbage"};

// Why there is nothing to run.
constexpr const char* kNoCall = "no call there";
constexpr const char* kAtLoad = "is noticed at load";
constexpr const char* kNoResult = "gives nothing back";

struct Call {
  const char* stage;
  const char* library;
  const char* function;
  const char* who;                // of the scenario's line
  const char* error;              // that it returns
  const char* garbage = nullptr;  // why there is none
};

constexpr const char* kCuda = "libcuda.so.1";
constexpr const char* kNccl = "libnccl.so.2";

constexpr Call kCalls[] = {
    {"load", kNccl, "ncclGetVersion", "all", "error 3"},
    {"init", kCuda, "cuInit", "", "error 802"},
    {"init", kCuda, "cuDeviceGetCount", "", "error 999"},
    {"context", kCuda, "cuDevicePrimaryCtxRetain", "@1", "error 999"},
    {"context", kCuda, "cuMemAlloc_v2", "@1", "error 2"},
    {"communicator", kNccl, "ncclGetUniqueId", "all", "error 2"},
    {"communicator", kNccl, "ncclCommInitRank", "rank=1", "error 1"},
    {"all-reduce", kNccl, "ncclAllReduce", "rank=1", "error 3"},
    {"all-reduce", kCuda, "cuStreamQuery", "@1", "error 700", kNoResult},
    {"verify", kCuda, "cuMemcpyDtoH_v2", "@1", "error 700"},
    {"bandwidth", kCuda, "cuEventRecord", "@1", "error 999", kNoResult},
    {"bandwidth", kCuda, "cuEventElapsedTime_v2", "@1", "error 999"},
    {"teardown", kNccl, "ncclCommDestroy", "rank=1", "error 3", kNoResult},
    {"teardown", kCuda, "cuMemFree_v2", "@1", "error 999", kNoResult},
};

// What is to be run, or why nothing is.
using Plan = std::variant<FaultCase, std::string>;

struct Row {
  std::string stage, what;
  std::map<std::string, Plan> plans;
};

std::string library_path(const std::string& name) {
  return PREFLIGHT_DOUBLES + std::string(name == kNccl ? "/nccl/" : "/") + name;
}

// The loader looks into the case's own folder first.
FaultCase without_symbol(const Call& call) {
  auto fault = one_process("", "");
  copy_without_symbols(library_path(call.library), fault.doubles->folder().path(call.library),
                       {call.function});
  return fault;
}

FaultCase with_action(const Call& call, const std::string& action) {
  const std::string who = call.who;
  const std::string function = call.function;
  const bool is_nccl = call.library == std::string(kNccl);
  return is_nccl ? one_process("", who + " " + function + " " + action)
                 : one_process(function + who + " " + action, "");
}

Row row_of(const Call& call) {
  Row row{call.stage, "`" + std::string(call.function) + "`", {}};
  for (const std::string fault : kFaults) {
    if (fault == "missing library") {
      row.plans[fault] = kAtLoad;
    } else if (fault == "missing symbol") {
      row.plans[fault] = without_symbol(call);
    } else if (fault == "garbage" && call.garbage != nullptr) {
      row.plans[fault] = call.garbage;
    } else {
      row.plans[fault] = with_action(call, fault == "error code" ? call.error : fault);
    }
    const bool is_of_one = std::string(call.who).find('1') != std::string::npos;
    if (auto* planned = std::get_if<FaultCase>(&row.plans[fault])) planned->rank = is_of_one ? 1 : 0;
  }
  return row;
}

// The loader's own work, which has no codes.
Row loading(const std::string& library) {
  Row row{"load", "`dlopen` of `" + library + "`", {}};
  for (const auto* fault : {"hang", "crash", "error code", "missing symbol"}) row.plans[fault] = kNoCall;
  auto missing = one_process("", "");
  auto& process = missing.processes.front();
  if (library == kNccl) {
    process.arguments.insert(process.arguments.end(), {"--nccl", missing.doubles->folder().path(library)});
  } else {
    process.environment["LD_LIBRARY_PATH"] = PREFLIGHT_DOUBLES "/nccl";
  }
  row.plans["missing library"] = missing;
  auto spoilt = one_process("", "");
  spoilt.doubles->folder().write(library, "not a library, but text that is as long as a header would be\n");
  row.plans["garbage"] = spoilt;
  return row;
}

FaultCase killed(FaultCase fault, Milliseconds when) {
  fault.meddle = [when](const std::vector<pid_t>& ranks) {
    std::this_thread::sleep_for(when);
    return ::kill(ranks[1], SIGKILL);
  };
  return fault;
}

// Until rank 0 has reported.
FaultCase stopped(FaultCase fault, Milliseconds when) {
  fault.meddle = [when](const std::vector<pid_t>& ranks) {
    std::this_thread::sleep_for(when);
    ::kill(ranks[1], SIGSTOP);
    while (::kill(ranks[0], 0) == 0) std::this_thread::sleep_for(Milliseconds(10));
    return ::kill(ranks[1], SIGKILL);
  };
  return fault;
}

// Someone else's program finds the port.
FaultCase disturbed(FaultCase fault) {
  const auto place =
      parse_host_port(fault.processes.front().environment.at("GPU_PREFLIGHT_RENDEZVOUS")).value();
  fault.meddle = [place](const std::vector<pid_t>&) {
    for (;; std::this_thread::sleep_for(Milliseconds(20))) {
      const auto socket = begin_connect(NameLookup(place.host, place.port).result()->value().front());
      std::this_thread::sleep_for(Milliseconds(5));
      if (!socket || connect_error(*socket) != 0) continue;
      constexpr std::string_view kWords = "GET / HTTP/1.0\r\n\r\n";
      if (::send(socket->number(), kWords.data(), kWords.size(), MSG_NOSIGNAL) < 0) continue;
      std::this_thread::sleep_for(Milliseconds(300));
      return 0;
    }
  };
  fault.rank = -1;
  return fault;
}

Row rendezvous() {
  Row row{"rendezvous", "another rank", {}};
  row.plans["hang"] = by_processes(2, 1, 1, 1);
  auto dies = killed(by_processes(3, 2, 20, 1), Milliseconds(1'500));
  dies.due = Milliseconds(1'500);
  row.plans["crash"] = dies;
  auto refused = by_processes(2, 2, 1, 1);
  refused.processes[1].arguments.insert(refused.processes[1].arguments.end(), {"--token", "another"});
  row.plans["error code"] = refused;
  row.plans["missing symbol"] = kNoCall;
  row.plans["missing library"] = kNoCall;
  auto disturbance = disturbed(by_processes(2, 1, 2, 1));
  disturbance.due = Milliseconds(2'000);
  row.plans["garbage"] = disturbance;
  return row;
}

// Rank 1 waits there for rank 0, whose GPU is slow.
FaultCase waiting_to_compare() {
  auto fault = by_processes(2, 2, 20, 3);
  const auto slow = fault.doubles->folder().write("slow", "gpus 2\ncuInit delay 2500\n");
  fault.processes[0].environment["PREFLIGHT_SCENARIO"] = slow;
  return fault;
}

Row compare() {
  Row row{"compare", "another rank", {}};
  row.plans["hang"] = stopped(waiting_to_compare(), Milliseconds(1'500));
  std::get<FaultCase>(row.plans["hang"]).due = Milliseconds(2'500 + 3'000);
  row.plans["crash"] = killed(waiting_to_compare(), Milliseconds(1'500));
  std::get<FaultCase>(row.plans["crash"]).due = Milliseconds(1'500);
  for (const auto* fault : {"error code", "missing symbol", "missing library", "garbage"}) {
    row.plans[fault] = kNoCall;
  }
  return row;
}

std::vector<Row> rows() {
  std::vector<Row> all{loading(kCuda), loading(kNccl)};
  for (const auto& call : kCalls) {
    if (call.stage == std::string("communicator") && all.back().stage == "context") {
      all.push_back(rendezvous());
      all.push_back(compare());
    }
    all.push_back(row_of(call));
  }
  return all;
}

// The page's cells by stage, what is called, and fault.
using Cells = std::map<std::tuple<std::string, std::string, std::string>, std::string>;

Cells cells_of(const std::string& page) {
  Cells cells;
  for (const auto line : lines(page)) {
    std::vector<std::string> columns;
    for (const auto piece : split(line, '|')) columns.emplace_back(trim(piece));
    if (columns.size() != std::size(kFaults) + 4)
      continue;  // nothing stands before the first | and after the last
    for (std::size_t index = 0; index < std::size(kFaults); ++index) {
      cells[{columns[1], columns[2], kFaults[index]}] = columns[3 + index];
    }
  }
  return cells;
}

// Those of one column side by side.
void run_column(const std::string& fault, std::vector<Row>& rows, const Cells& written) {
  std::vector<FaultCase> cases;
  std::vector<std::string> expected;
  for (auto& row : rows) {
    const auto* planned = std::get_if<FaultCase>(&row.plans.at(fault));
    if (planned == nullptr) continue;
    cases.push_back(*planned);
    const auto found = written.find({row.stage, row.what, fault});
    expected.push_back(found == written.end() ? "" : found->second);
  }
  const auto cells = run_side_by_side(cases, expected);
  auto next = cells.begin();
  for (auto& row : rows) {
    auto& plan = row.plans.at(fault);
    if (std::holds_alternative<FaultCase>(plan)) plan = *next++;
  }
}

std::string table(const Cells& written) {
  auto all = rows();
  std::string text = "| stage | call |";
  std::string rule = "|---|---|";
  for (const auto* const fault : kFaults) {
    run_column(fault, all, written);
    text += " " + std::string(fault) + " |";
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const auto& row : all) {
    text += "| " + row.stage + " | " + row.what + " |";
    for (const auto* const fault : kFaults) text += " " + std::get<std::string>(row.plans.at(fault)) + " |";
    text += "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("whatever fails at whatever stage, the report says where, in time, and nothing is left") {
  if (kSanitized) {
    WARN("skipped: the sanitizers leave no room in the deadlines of a second");
    SUCCEED();
    return;
  }
  const std::string path = PREFLIGHT_SOURCE_DIR "/docs/smoke-faults.md";
  const bool writes = std::getenv("PREFLIGHT_WRITE_PAGES") != nullptr;
  const auto before = read_user_file(path, std::size_t{1} << 20);
  const auto cells = before && !writes ? cells_of(*before) : Cells();
  REQUIRE((writes || !cells.empty()));
  const std::string page =
      R"(# When the smoke test fails

Generated by the tests (`tests/smoke_program/faults_test.cpp`), which run `gpu-preflight smoke` against doubles of
libcuda and libnccl on a machine of two GPUs, with a deadline of one second for each stage; no GPU was at hand. Every
run ends within that deadline and half a second, and none leaves a process behind.

A cell gives the rules that matched, then what the report says of the rank for which the call failed. Every run with a
rule ends with exit status 1 (not ready), those that passed with 0. *Garbage* is success with results that make no
sense. At the rendezvous a rank *hangs* when it never comes, its *error code* is a refusal (it has another token), and
its *garbage* is a stranger's, who talks HTTP; there and at the comparison a process that hangs is stopped, and one
that crashes is killed.

)" + table(cells);
  if (writes) std::ofstream(path) << page;
  const auto written = read_user_file(path, std::size_t{1} << 20);
  REQUIRE(written);
  INFO("PREFLIGHT_WRITE_PAGES=1 writes docs/smoke-faults.md again");
  CHECK(*written == page);
}
