// smoke: a tiny all-reduce on every GPU, which can't hang.
#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <thread>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/database.hpp"
#include "cli/examine.hpp"
#include "cli/exit_status.hpp"
#include "cli/judge_target.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/verbs.hpp"
#include "report/json.hpp"
#include "report/text.hpp"
#include "smoke/record.hpp"
#include "smoke/socket.hpp"
#include "support/text.hpp"

namespace preflight::cli {

namespace {

constexpr std::size_t kKibi = 1024;
constexpr double kGiga = 1e9;
// For rank 0's process to judge what it knows, and to write it.
constexpr smoke::Milliseconds kFarewell{5'000};
// For the launcher to read a report of failure: at rank 0's exit Open MPI 5 throws away what it hasn't read.
constexpr smoke::Milliseconds kReading{300};

struct SmokeOptions {
  std::vector<std::string> environments;
  std::string nccl;
  int ranks = 0;  // 0: as many as GPUs
  std::size_t size = 64 * kKibi * kKibi;
  int iterations = 10;
  double least_bus_bandwidth = 0;  // GB/s; 0: none
  double stage_deadline = 30;      // seconds
  double arrival_deadline = 60;
  double deadline = 300;
  bool no_retry = false;
  bool bisect = false;
  std::string token;
  PolicyOptions policy;
  OutputOptions output;
};

smoke::Milliseconds milliseconds(double seconds) {
  return smoke::Milliseconds(static_cast<long long>(seconds * 1000));
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

// The name with its domain where /etc/hosts has it, as Kubernetes writes it for a pod of a headless service.
std::string full_host_name(const std::string& name) {
  std::ifstream file("/etc/hosts");
  for (std::string line; std::getline(file, line);) {
    for (const auto word : words(std::string_view(line).substr(0, line.find('#')))) {
      if (word.starts_with(name + ".")) return std::string(word);
    }
  }
  return name;
}

smoke::Variables variables_of_process() {
  smoke::Variables variables;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

// Sizes from below a cache line's worth of elements for each rank to several chunks of NCCL's buffers.
std::vector<std::size_t> sizes() {
  return {4, 4 * kKibi, 64 * kKibi + 4, 1024 * kKibi, 8 * 1024 * kKibi};
}

smoke::RunPlan plan_of(const SmokeOptions& options, smoke::Placement placement,
                       const facts::Document& document, Console& console) {
  smoke::RunPlan plan;
  plan.placement = std::move(placement);
  plan.own_host = host_name();
  plan.secret = options.token;
  plan.facts = smoke::comparable_facts(document);
  plan.work.nccl = options.nccl.empty() ? smoke::nccl_to_load(document) : options.nccl;
  plan.work.sizes = sizes();
  plan.work.bandwidth_size = options.size / sizeof(float) * sizeof(float);
  plan.work.iterations = options.iterations;
  if (options.ranks > 0) plan.ranks = options.ranks;
  plan.arrival = milliseconds(options.arrival_deadline);
  plan.stage = milliseconds(options.stage_deadline);
  plan.whole = milliseconds(options.deadline);
  plan.after_failure = options.bisect     ? smoke::AfterFailure::bisect
                       : options.no_retry ? smoke::AfterFailure::stop
                                          : smoke::AfterFailure::try_without;
  if (console.progress == Progress::on) {
    plan.tell = [&console](const std::string& text) {
      console.err << "\r\x1b[K"
                  << "smoke: " << text << std::flush;
    };
  }
  return plan;
}

// What a process without rank 0 has to say is only what befell its own ranks: the report is rank 0's.
void tell_failure(const smoke::RunPlan& plan, const smoke::RunResult& result, Console& console) {
  auto troubles = result.round.troubles;
  std::erase_if(troubles, [&](const smoke::Trouble& trouble) {
    const bool is_about_rank_0 =
        trouble.kind == smoke::TroubleKind::no_server || trouble.kind == smoke::TroubleKind::server_lost;
    const auto is_own = [&](const smoke::RankLog& log) { return log.rank == trouble.rank; };
    return !is_about_rank_0 && std::ranges::none_of(result.round.logs, is_own);
  });
  constexpr const char* kBegin = "gpu-preflight: smoke: ";
  std::string text;
  for (const auto& trouble : smoke::summary_of(troubles)) text += kBegin + trouble + "\n";
  for (const auto& log : result.round.logs) {
    const auto words = smoke::last_warnings(smoke::parse_nccl_log(log.text));
    if (words.empty()) continue;
    text +=
        kBegin + ("rank " + std::to_string(log.rank)) + " on " + plan.own_host + ": NCCL: " + words + "\n";
  }
  // At once: a launcher mixes what its ranks write.
  console.err << text << std::flush;
}

int report_of(const SmokeOptions& options, const smoke::Recording& recording, facts::Document document,
              const tables::Tables& tables, Console& console) {
  smoke::record(recording, document);
  auto judgement = rules::judge(shipped_rules(), document, tables);
  const auto report =
      report::make_smoke_report(std::move(document), std::move(judgement), policy_of(options.policy));
  const auto printed = [&](const std::string& format, const report::Style& style) {
    return format == "json" ? report::to_json_text(report)
                            : report::to_text(report, style, report::Detail::full);
  };
  const int written = write_outputs(options.output, printed, console);
  return written != 0 ? written : status_of(report.verdict);
}

int run_smoke(const SmokeOptions& options, Console& console) {
  const auto placement = smoke::read_placement(variables_of_process(), full_host_name(host_name()));
  if (!placement) return fail(console, kUsage, "smoke: " + placement.error().message);
  if (options.ranks > 0 && placement->launcher != smoke::Launcher::none) {
    return fail(console, kUsage,
                "smoke: --ranks is for runs without a launcher; here " +
                    std::string(smoke::launcher_name(placement->launcher)) + " says how many");
  }
  if (options.least_bus_bandwidth > 0 && options.iterations == 0) {
    return fail(console, kUsage, "smoke: --min-busbw needs a bandwidth, which --iterations 0 leaves out");
  }
  // Open MPI 4 gives each rank a terminal, wherever its own output goes.
  if (placement->launcher != smoke::Launcher::none) console.colour = Colour::off;
  if (!placement->note.empty()) console.err << "gpu-preflight: smoke: " << placement->note << "\n";
  TargetOptions target;
  target.environments = options.environments;
  const auto tables = tables::embedded_tables();
  auto examined = examine(target, tables);
  if (!examined) return fail(console, kUsage, examined.error().message);
  tell_warnings(*examined, console);
  const auto plan = plan_of(options, *placement, examined->document, console);
  const auto result = smoke::run_test(plan);
  if (console.progress == Progress::on) console.err << "\r\x1b[K" << std::flush;
  if (!result) return fail(console, kUsage, "smoke: " + result.error().message);
  smoke::Recording recording{plan, *result, std::nullopt};
  if (options.least_bus_bandwidth > 0) recording.least_bus_bandwidth = options.least_bus_bandwidth * kGiga;
  if (result->has_rank_0) {
    const int status = report_of(options, recording, std::move(examined->document), tables, console);
    if (status != kReady && placement->launcher != smoke::Launcher::none) {
      std::this_thread::sleep_for(kReading);
    }
    return status;
  }
  if (smoke::passed(recording)) return kReady;
  tell_failure(plan, *result, console);
  // mpirun, srun -K and torchrun end all ranks as soon as one exits with a failure: rank 0 must have told
  // first.
  smoke::wait_until_closed(result->connections, kFarewell);
  return kNotReady;
}

void add_test_options(CLI::App& verb, SmokeOptions& options) {
  verb.add_option("--env", options.environments, "Use the NCCL that torch loads in this Python environment")
      ->type_name("PREFIX")
      ->allow_extra_args(false);
  verb.add_option("--nccl", options.nccl, "Use this libnccl instead")->type_name("FILE");
  verb.add_option("--ranks", options.ranks,
                  "Ranks on this host (as many as GPUs by default; without a launcher)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  verb.add_option("--size", options.size, "Size of the all-reduce whose bandwidth is measured")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(std::size_t{4}, std::size_t{1} << 40))
      ->type_name("BYTES")
      ->capture_default_str();
  verb.add_option("--iterations", options.iterations, "How often it is timed; 0 leaves the bandwidth out")
      ->check(CLI::Range(0, 100'000))
      ->type_name("N")
      ->capture_default_str();
  verb.add_option("--min-busbw", options.least_bus_bandwidth,
                  "Not ready below this bus bandwidth (as nccl-tests defines it); needs two ranks")
      ->check(CLI::PositiveNumber)
      ->type_name("GB/S");
  verb.add_option("--token", options.token,
                  "A secret that all ranks have, so that nobody else can join (the job's id by default)")
      ->type_name("TEXT");
}

void add_deadline_options(CLI::App& verb, SmokeOptions& options) {
  const auto add = [&](const char* name, double& seconds, const char* meaning) {
    verb.add_option(name, seconds, meaning)
        ->check(CLI::Range(0.1, 86400.0))
        ->type_name("SECONDS")
        ->capture_default_str()
        ->group("Deadlines");
  };
  add("--stage-deadline", options.stage_deadline, "For each stage; who is not through by then is named");
  add("--arrival-deadline", options.arrival_deadline, "For all ranks to come");
  add("--deadline", options.deadline, "For the whole run");
  auto* no_retry = verb.add_flag("--no-retry", options.no_retry,
                                 "After a failure, don't try again with one of NCCL's ways switched off");
  auto* bisect = verb.add_flag("--bisect", options.bisect,
                               "After a failure, look for the node: each alone, then in pairs");
  no_retry->group("After a failure");
  bisect->group(no_retry->get_group());
}

}  // namespace

void add_smoke(CLI::App& app, Action& action) {
  auto* verb =
      app.add_subcommand("smoke", "Prove that the GPUs can all-reduce: a small test that can't hang");
  const auto options = std::make_shared<SmokeOptions>();
  add_test_options(*verb, *options);
  add_deadline_options(*verb, *options);
  add_fail_on_option(*verb, options->policy);
  add_output_options(*verb, options->output, {"text", "json"});
  verb->footer(
      "One process a GPU of this host by default; under Slurm, Open MPI, MPICH, torchrun and in indexed "
      "Jobs\n"
      "of Kubernetes, one for each of the launcher's ranks. Only the driver and the libnccl that torch "
      "would\n"
      "load are used: neither torch nor the CUDA runtime.\n"
      "Rank 0 prints the report and judges it; another rank exits 1 when the test itself did not pass.\n\n"
      "Stages: load, init, context, rendezvous, compare, communicator, all-reduce, verify, bandwidth, "
      "teardown.\n\n"
      "Exit status: 0 every sum is right; 1 it is not, or a rank did not come through; 64 wrong usage;\n"
      "             73 the result could not be written.\n\n"
      "Examples:\n"
      "  gpu-preflight smoke --env /opt/venv\n"
      "  srun --ntasks-per-node=8 gpu-preflight smoke --env /opt/venv --bisect\n"
      "  mpirun -np 16 gpu-preflight smoke --min-busbw 300\n"
      "  torchrun --no-python --nproc-per-node=8 gpu-preflight smoke");
  verb->callback(
      [options, &action] { action = [options](Console& console) { return run_smoke(*options, console); }; });
}

}  // namespace preflight::cli
