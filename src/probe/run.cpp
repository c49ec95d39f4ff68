#include <exception>

#include "probe/probe.hpp"
#include "target/remembering_tree.hpp"

namespace preflight::probe {

namespace {

void mark_rest(const Probe& probe, facts::Document& document, const facts::Unknown& why) {
  for (const auto& sets : probe.sets) {
    std::vector<std::string> ids;
    for (const auto* subject : document.of_kind(sets.kind)) ids.push_back(subject->id);
    for (const auto& id : ids) {
      facts::SubjectWriter(document, sets.kind, id).rest_unknown(sets.prefix, why, "");
    }
  }
}

}  // namespace

void run_probes(const Context& context, facts::Document& document) {
  const target::RememberingTree files(context.files);
  const Context remembering{files, context.state, context.requested_environments};
  facts::FactWriter writer(document);
  for (const auto& probe : probes()) {
    if (probe.needs == Needs::running_system && context.state == SystemState::at_rest) {
      mark_rest(probe, document, {"files at rest show no running system"});
      continue;
    }
    std::string failure = "not set";
    try {
      probe.run(remembering, writer);
    } catch (const std::exception& problem) {
      failure = std::string("the probe failed: ") + problem.what();
    }
    mark_rest(probe, document, {failure, facts::Gap::unreadable});
  }
}

}  // namespace preflight::probe
