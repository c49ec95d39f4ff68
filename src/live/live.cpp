#include "live/live.hpp"

#include <deque>
#include <set>
#include <vector>

#include "facts/writer.hpp"
#include "live/cuda.hpp"
#include "live/nvml.hpp"
#include "live/parts.hpp"
#include "probe/libraries/loader_search.hpp"

namespace preflight::live {

namespace {

std::vector<std::string> gpus_of(const facts::Document& document) {
  std::vector<std::string> ids;
  for (const auto* gpu : document.of_kind("gpu")) ids.push_back(gpu->id);
  return ids;
}

void gpus_absent(const LiveProbe& probe, const std::string& source, facts::Document& document) {
  for (const auto& id : gpus_of(document)) {
    facts::SubjectWriter(document, "gpu", id).rest_absent(probe.prefix, source);
  }
}

void rest_unknown(const LiveProbe& probe, const facts::Unknown& why, facts::Document& document) {
  const std::string source(probe.library);
  facts::SubjectWriter(document, "host", "host").rest_unknown(probe.prefix, why, source);
  for (const auto& id : gpus_of(document)) {
    facts::SubjectWriter(document, "gpu", id).rest_unknown(probe.prefix, why, source);
  }
}

// What a library that was asked to the end did not set: a GPU that it doesn't list is hidden from it, unless
// one that it lists could not be told.
void set_rest(const LiveProbe& probe, facts::Document& document) {
  const std::string source(probe.library);
  const auto& host = document.host();
  const auto* init = host.integer(std::string(probe.prefix) + "init");
  const auto* unreachable = host.list(std::string(probe.prefix) + "unreachable_gpus");
  if (init == nullptr || *init != 0) {
    rest_unknown(probe, {source + " did not initialise"}, document);
  } else if (unreachable == nullptr || !unreachable->empty()) {
    rest_unknown(probe, {source + " did not tell which GPU it is"}, document);
  } else {
    facts::SubjectWriter(document, "host", "host").rest_absent(probe.prefix, source);
    gpus_absent(probe, source, document);
  }
}

// What a worker came to.
struct Ending {
  const LiveProbe* probe = nullptr;
  std::string problem;  // empty when it was asked to the end
};

Ending take_parts(const LiveProbe& probe, const WorkerOutcome& outcome, facts::Document& document) {
  for (const auto& part : outcome.parts) {
    const auto added = add_part(part, probe.prefix, document);
    if (!added) return {&probe, "gave malformed facts: " + added.error().message};
  }
  return {&probe, outcome.end == WorkerEnd::finished ? std::string() : to_text(outcome)};
}

// A GPU that no bus shows here, and a library does: in a sandbox, or under WSL. `is_whole`: every library
// that was asked came to its end.
void add_new_gpus(const std::set<std::string>& before, bool is_whole, facts::Document& document) {
  std::size_t count = 0;
  bool is_new = false;
  for (const auto& id : gpus_of(document)) {
    ++count;
    if (before.contains(id)) continue;
    is_new = true;
    facts::SubjectWriter gpu(document, "gpu", id);
    gpu.set("pci_address", id, "NVML or CUDA");
    gpu.rest_unknown("", {"its PCI device is not shown here"}, "NVML or CUDA");
  }
  if (!is_new) return;
  facts::SubjectWriter host(document, "host", "host");
  constexpr std::string_view kSource = "PCI, NVML and CUDA together";
  if (is_whole) {
    host.set("gpus", static_cast<std::int64_t>(count), kSource);
  } else {
    host.unknown("gpus",
                 {"not all are on a bus that is shown here, and the driver did not list them to the end",
                  facts::Gap::unreadable},
                 kSource);
  }
}

}  // namespace

std::span<const LiveProbe> live_probes() {
  static const std::vector<LiveProbe> kProbes = {nvml_probe(), cuda_probe()};
  return kProbes;
}

void run_live_probes(const probe::Context& context, Clock::time_point deadline, facts::Document& document) {
  probe::libraries::LoaderSearch search(context);
  std::deque<Worker> workers;
  std::vector<Worker*> running;
  std::vector<const LiveProbe*> asked;
  std::vector<const LiveProbe*> missing;
  for (const auto& probe : live_probes()) {
    const bool is_there = !search.find(probe.library).empty();
    if (!is_there && !search.problem()) {
      missing.push_back(&probe);
      continue;
    }
    running.push_back(&workers.emplace_back(probe.run));
    asked.push_back(&probe);
  }
  const auto ids = gpus_of(document);
  const std::set<std::string> before(ids.begin(), ids.end());
  const auto outcomes = Worker::wait_for_all(running, deadline);
  std::vector<Ending> endings;
  for (std::size_t place = 0; place < asked.size(); ++place) {
    endings.push_back(take_parts(*asked[place], outcomes[place], document));
  }
  // Only now: each library may have brought GPUs of which the other must say something, too.
  bool is_whole = true;
  for (const auto& [probe, problem] : endings) {
    if (problem.empty()) {
      set_rest(*probe, document);
    } else {
      rest_unknown(*probe, {std::string(probe->library) + " " + problem, facts::Gap::unreadable}, document);
      is_whole = false;
    }
  }
  for (const auto* probe : missing) {
    const std::string source = std::string(probe->library) + ": not found by the loader";
    facts::SubjectWriter(document, "host", "host").rest_absent(probe->prefix, source);
    gpus_absent(*probe, source, document);
  }
  add_new_gpus(before, is_whole, document);
}

void leave_out(const std::string& reason, facts::Document& document) {
  for (const auto& probe : live_probes()) rest_unknown(probe, {reason}, document);
}

}  // namespace preflight::live
