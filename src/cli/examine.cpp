#include "cli/examine.hpp"

#include <filesystem>

#include "cli/run_deadline.hpp"
#include "collect_env/parse.hpp"
#include "derive/derive.hpp"
#include "facts/json.hpp"
#include "facts/writer.hpp"
#include "live/kernel_log.hpp"
#include "live/live.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/user_file.hpp"
#include "support/worker.hpp"
#include "target/directory_tree.hpp"

namespace preflight::cli {

namespace {

// Seconds beyond the deadline for what was found until then to be judged and told.
constexpr double kReporting = 0.4;
constexpr std::size_t kMostInput = std::size_t{32} << 20;

Error failed(const std::string& option, const std::string& path, const Error& why) {
  return {why.kind, option + " " + path + ": " + why.message};
}

void ask_driver(const probe::Context& context, const TargetOptions& options, Clock::time_point deadline,
                facts::Document& document) {
  if (!options.root.empty()) {
    live::leave_out("only the driver of this host could be asked", document);
  } else if (options.live == Live::left_out) {
    live::leave_out("the driver was not to be asked", document);
  } else {
    live::run_live_probes(context, deadline, document);
  }
}

void ask_kernel(const TargetOptions& options, facts::Document& document) {
  if (options.root.empty()) {
    live::read_kernel_log(document);
  } else {
    facts::SubjectWriter(document, "host", "host")
        .rest_unknown("kernel_log.", {"only the kernel's log of this host could be read"}, "");
  }
}

Result<Examined> examine_tree(const std::string& root, const TargetOptions& options) {
  const RunDeadline last_resort(options.deadline + kReporting);
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                           std::chrono::duration<double>(options.deadline));
  const auto tree = target::DirectoryTree::make(root);
  if (!tree) return failed("--root", root, tree.error());
  probe::Context context{**tree};
  // A directory shows a running system when it has a /proc of its own, as a chroot or a container's root may.
  context.state =
      (*tree)->exists(probe::kKernelReleasePath) ? probe::SystemState::running : probe::SystemState::at_rest;
  for (const auto& environment : options.environments) {
    const bool here = root == "/" && !environment.starts_with('/');
    context.requested_environments.push_back(here ? std::filesystem::absolute(environment).string()
                                                  : environment);
  }
  Examined examined;
  examined.document.target = root == "/" ? "this host" : "directory " + root;
  probe::run_probes(context, examined.document);
  // After the files: as root, the driver's libraries may load its modules and make device nodes.
  ask_driver(context, options, deadline, examined.document);
  // Last, since asking the driver may bring errors to light.
  ask_kernel(options, examined.document);
  return examined;
}

Result<Examined> examine_facts(const std::string& path) {
  const auto text = read_user_file(path, kMostInput);
  if (!text) return failed("--facts", path, text.error());
  auto read = facts::document_from_json(*text);
  if (!read) return failed("--facts", path, read.error());
  return Examined{std::move(read->document), std::move(read->warnings)};
}

Result<Examined> examine_dump(const std::string& path) {
  const auto text = read_user_file(path, kMostInput);
  if (!text) return failed("--collect-env", path, text.error());
  auto document = collect_env::parse_collect_env(*text);
  if (!document) return failed("--collect-env", path, document.error());
  return Examined{std::move(*document), {}};
}

}  // namespace

Result<Examined> examine(const TargetOptions& options, const tables::Tables& tables) {
  auto examined = !options.facts.empty()         ? examine_facts(options.facts)
                  : !options.collect_env.empty() ? examine_dump(options.collect_env)
                  : !options.root.empty()        ? examine_tree(options.root, options)
                                                 : examine_tree("/", options);
  if (!examined) return examined;
  derive::run_derivations(examined->document, tables);
  // What only other verbs give, unless the facts come from them.
  auto& document = examined->document;
  if (document.host().find("smoke_tests") == nullptr)
    facts::FactWriter(document).host().absent("smoke_tests", "gpu-preflight smoke was not run");
  if (document.host().find("messages") == nullptr)
    facts::FactWriter(document).host().absent("messages", "gpu-preflight explain was not given a log");
  return examined;
}

}  // namespace preflight::cli
