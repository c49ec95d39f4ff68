#include "smoke/record.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "facts/writer.hpp"
#include "gpu/nccl.hpp"
#include "support/text.hpp"

namespace preflight::smoke {

namespace {

using facts::List;
using facts::Map;
using facts::SubjectWriter;

constexpr std::string_view kSource = "gpu-preflight smoke";

// What only concerns what is logged, and what must differ.
constexpr std::string_view kPrivateVariables[] = {"NCCL_DEBUG", "NCCL_DEBUG_SUBSYS", "NCCL_DEBUG_FILE",
                                                  "NCCL_HOSTID"};

// The prefix of the environment whose NCCL counts; empty when there is none.
std::string chosen_environment(const facts::Document& document) {
  for (const auto* wanted : {"requested", "active"}) {
    for (const auto* environment : document.of_kind("environment")) {
      if (environment->is_true(wanted) && environment->text("torch.version") != nullptr)
        return environment->id;
    }
  }
  return {};
}

List strings(const std::set<std::string>& entries) {
  List list;
  for (const auto& entry : entries) list.emplace_back(entry);
  return list;
}

List troubles_of(const RoundResult& round) {
  List list;
  for (const auto& trouble : round.troubles) {
    list.emplace_back(Map{{"kind", std::string(trouble_name(trouble.kind))},
                          {"rank", static_cast<std::int64_t>(trouble.rank.value_or(-1))},
                          {"host", trouble.host},
                          {"stage", trouble.stage ? std::string(stage_name(*trouble.stage)) : std::string()},
                          {"text", to_text(trouble)}});
  }
  return list;
}

std::string fact_of(const RankFacts& rank, const std::string& name) {
  const auto found = rank.facts.find(name);
  return found == rank.facts.end() ? std::string() : found->second;
}

void record_comparison(const Overview& overview, SubjectWriter& writer) {
  if (overview.ranks.empty()) return;
  List ranks;
  List differences;
  std::set<std::string> hosts;
  std::set<std::string> seen;
  std::set<std::string> shared;
  for (const auto& rank : overview.ranks) {
    hosts.insert(rank.host);
    const auto uuid = fact_of(rank, "gpu.uuid");
    if (!uuid.empty() && !seen.insert(uuid).second) shared.insert(uuid);
    ranks.emplace_back(Map{{"rank", static_cast<std::int64_t>(rank.rank)},
                           {"host", rank.host},
                           {"gpu", fact_of(rank, "gpu.name")},
                           {"address", fact_of(rank, "gpu.address")}});
  }
  for (const auto& difference : overview.differences) {
    differences.emplace_back(Map{{"fact", difference.fact}, {"text", to_text(difference)}});
  }
  writer.set("nodes", static_cast<std::int64_t>(hosts.size()), kSource);
  writer.set("ranks", std::move(ranks), kSource);
  writer.set("differences", std::move(differences), kSource);
  writer.set("shared_gpus", strings(shared), kSource);
  const auto& first = overview.ranks.front();
  if (const auto version = fact_of(first, "nccl.version"); !version.empty())
    writer.set("nccl.version", version, kSource);
  if (const auto file = fact_of(first, "nccl.library"); !file.empty())
    writer.set("nccl.library", file, kSource);
}

// Of all ranks when they came to the end, else of those of this process.
void record_log(const RoundResult& round, SubjectWriter& writer) {
  LogSummary log = round.overview.log;
  if (log.empty()) {
    for (const auto& own : round.logs) add(log, summary_of(parse_nccl_log(own.text)));
  }
  constexpr std::pair<const char*, const char*> kTopics[] = {
      {"network", "nccl.networks"},      {"transport", "nccl.transports"}, {"interface", "nccl.interfaces"},
      {"infiniband", "nccl.infiniband"}, {"plugin", "nccl.plugins"},       {"warning", "nccl.warnings"}};
  for (const auto& [topic, path] : kTopics) writer.set(path, strings(log[topic]), "NCCL's log");
}

void record_bandwidth(const Recording& recording, SubjectWriter& writer) {
  const auto measured = bandwidths(recording.plan, recording.result);
  if (!measured) return;
  writer.set("bandwidth.size", static_cast<std::int64_t>(recording.plan.work.bandwidth_size), kSource);
  writer.set("bandwidth.algorithm", static_cast<std::int64_t>(std::llround(measured->algorithm)), kSource);
  writer.set("bandwidth.bus", static_cast<std::int64_t>(std::llround(measured->bus)), kSource);
}

void record_search(const RunResult& result, SubjectWriter& writer) {
  List attempts;
  for (const auto& attempt : result.attempts) {
    const auto setting = attempt.variable + "=" + attempt.value;
    attempts.emplace_back(
        Map{{"setting", setting}, {"outcome", attempt.outcome}, {"passed", attempt.passed}});
    if (attempt.passed) writer.set("cured_by", setting, kSource);
  }
  writer.set("attempts", std::move(attempts), kSource);
  writer.set("bad_hosts", facts::string_list(result.bad_hosts), kSource);
  std::vector<std::string> pairs;
  for (const auto& [first, second] : result.bad_pairs) pairs.push_back(first + " and " + second);
  writer.set("bad_pairs", facts::string_list(pairs), kSource);
}

std::string outcome_text(const RoundResult& round) {
  if (passed(round)) return "passed";
  return round.troubles.empty() && round.outcome ? "wrong" : "failed";
}

// What cuInit said, where it is what failed: the rules explain it.
void record_init(const RoundResult& round, facts::Document& document) {
  if (!round.init_code) return;
  SubjectWriter(document, "host", "host").set("cuda_driver.init", *round.init_code, "CUDA: cuInit");
}

}  // namespace

std::map<std::string, std::string> comparable_facts(const facts::Document& document) {
  std::map<std::string, std::string> all;
  const auto& host = document.host();
  if (const auto* version = host.text("driver.module_version")) all["driver.module_version"] = *version;
  if (const auto* variables = host.map("variables")) {
    for (const auto& [name, value] : *variables) {
      if (name.starts_with("NCCL_") &&
          std::ranges::find(kPrivateVariables, name) == std::end(kPrivateVariables)) {
        all[name] = facts::to_text(value);
      }
    }
  }
  std::vector<std::string> up;
  for (const auto* interface : document.of_kind("interface")) {
    const auto* state = interface->text("state");
    const auto* kind = interface->text("kind");
    if (state != nullptr && *state == "up" && kind != nullptr && *kind != "virtual")
      up.push_back(interface->id);
  }
  std::ranges::sort(up);
  all["interfaces"] = join(up, " ");
  return all;
}

std::string nccl_to_load(const facts::Document& document) {
  const auto environment = chosen_environment(document);
  for (const auto* loaded : document.of_kind("loaded_library")) {
    const auto* owner = loaded->text("environment");
    const auto* name = loaded->text("name");
    const auto* path = loaded->text("path");
    const bool is_it = owner != nullptr && *owner == environment && name != nullptr && *name == "libnccl";
    if (is_it && path != nullptr) return *path;
  }
  return gpu::kNcclLibrary;
}

std::optional<Bandwidths> bandwidths(const RunPlan& plan, const RunResult& result) {
  const auto& outcome = result.round.outcome;
  if (!outcome || !outcome->nanoseconds || *outcome->nanoseconds <= 0) return std::nullopt;
  const double algorithm = static_cast<double>(plan.work.bandwidth_size) / (*outcome->nanoseconds / 1e9);
  const double factor = 2.0 * (result.world - 1) / result.world;
  return Bandwidths{algorithm, algorithm * factor};
}

bool passed(const Recording& recording) {
  if (!passed(recording.result.round)) return false;
  const auto measured = bandwidths(recording.plan, recording.result);
  return !recording.least_bus_bandwidth || !measured || measured->bus >= *recording.least_bus_bandwidth;
}

void record(const Recording& recording, facts::Document& document) {
  const auto& round = recording.result.round;
  SubjectWriter writer(document, "smoke_test", "all-reduce");
  SubjectWriter(document, "host", "host").set("smoke_tests", 1, kSource);
  writer.set("outcome", outcome_text(round), kSource);
  writer.set("launcher", std::string(launcher_name(recording.plan.placement.launcher)), kSource);
  if (recording.result.world > 0) writer.set("world_size", recording.result.world, kSource);
  writer.set("troubles", troubles_of(round), kSource);
  writer.set("summary", facts::string_list(summary_of(round.troubles)), kSource);
  if (!round.troubles.empty() && round.troubles.front().stage) {
    writer.set("failed_stage", std::string(stage_name(*round.troubles.front().stage)), kSource);
  } else if (!round.troubles.empty()) {
    writer.set("failed_stage", std::string(stage_name(Stage::rendezvous)), kSource);
  }
  List sizes;
  for (const auto size : recording.plan.work.sizes) sizes.emplace_back(static_cast<std::int64_t>(size));
  writer.set("sizes", std::move(sizes), kSource);
  std::vector<std::string> wrong;
  if (round.outcome) {
    for (const auto& sum : round.outcome->wrong) wrong.push_back(to_text(sum));
  }
  writer.set("wrong_sums", facts::string_list(wrong), kSource);
  record_comparison(round.overview, writer);
  record_log(round, writer);
  record_bandwidth(recording, writer);
  if (recording.least_bus_bandwidth) {
    writer.set("bandwidth.least", static_cast<std::int64_t>(std::llround(*recording.least_bus_bandwidth)),
               "--min-busbw");
  }
  record_search(recording.result, writer);
  record_init(round, document);
  writer.rest_absent("", kSource);
}

}  // namespace preflight::smoke
