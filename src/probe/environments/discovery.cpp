#include "probe/environments/discovery.hpp"

#include <algorithm>

namespace preflight::probe::environments {

namespace {

using target::FileTree;

Result<Installation> locate(const FileTree& files, const Candidate& candidate) {
  return candidate.kind == CandidateKind::executable ? find_by_executable(files, candidate.path)
                                                     : find_by_prefix(files, candidate.path);
}

class Collector {
 public:
  // The environment that is known already; a null pointer when there is none.
  Environment* find(const Installation& python) {
    auto& all = result_.environments;
    const auto known = std::ranges::find_if(all, [&](const Environment& other) {
      return other.python.prefix == python.prefix && other.python.library == python.library;
    });
    return known == all.end() ? nullptr : &*known;
  }

  // The environment, new or known already; a null pointer when there is no room for more.
  Environment* add(Installation python) {
    if (auto* const known = find(python)) return known;
    auto& all = result_.environments;
    if (all.size() == kMostEnvironments) {
      result_.complete = false;
      return nullptr;
    }
    const bool is_taken = std::ranges::any_of(
        all, [&](const Environment& other) { return other.python.prefix == python.prefix; });
    auto id = is_taken ? python.executable : python.prefix;
    return &all.emplace_back(Environment{std::move(python), std::move(id)});
  }

  void add_missing(std::string path, Error error) {
    result_.missing.emplace_back(std::move(path), std::move(error));
  }

  Discovered take() { return std::move(result_); }

 private:
  Discovered result_;
};

// Python 2 and directories of packages that nobody asked for are none of our business.
bool is_wanted(const Installation& python) {
  return !python.library.empty() && !python.library.starts_with("python2");
}

}  // namespace

Discovered discover(const Context& context, const Surroundings& surroundings) {
  Collector collector;
  for (const auto& candidate : requested_candidates(context, surroundings)) {
    auto python = locate(context.files, candidate);
    if (!python) {
      collector.add_missing(candidate.path, python.error());
    } else if (auto* const environment = collector.add(std::move(*python))) {
      environment->requested = true;
    }
  }
  // Who names environments wants those judged and no others.
  const bool search = context.requested_environments.empty();
  bool has_active = false;
  for (const auto& candidate : active_candidates(context.files, surroundings)) {
    auto python = locate(context.files, candidate);
    if (!python || !is_wanted(*python)) continue;
    auto* const environment = search ? collector.add(std::move(*python)) : collector.find(*python);
    if (environment != nullptr && !has_active) environment->active = true;
    has_active = true;
    if (!search) break;
  }
  if (!search) return collector.take();
  for (const auto& candidate : usual_candidates(context.files, surroundings)) {
    auto python = locate(context.files, candidate);
    if (python && is_wanted(*python)) collector.add(std::move(*python));
  }
  return collector.take();
}

}  // namespace preflight::probe::environments
