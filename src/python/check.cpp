#include "python/check.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "python/name.hpp"
#include "python/requirement.hpp"

namespace preflight::python {

namespace {

struct Distribution {
  const Metadata* metadata;
  std::string name;
  Result<Version> version;
};

class Check {
 public:
  Check(const std::vector<Metadata>& installed, const MarkerEnvironment& environment)
      : environment_(environment), python_(python_version(environment)) {
    distributions_.reserve(installed.size());
    for (const Metadata& metadata : installed) {
      distributions_.push_back({&metadata, normalize_name(metadata.name), parse_version(metadata.version)});
      by_name_.emplace(distributions_.back().name, &distributions_.back());
    }
  }

  CheckResult run() {
    for (const Distribution& distribution : distributions_) {
      if (by_name_.at(distribution.name) != &distribution) continue;
      current_ = &distribution;
      check_python();
      const std::size_t first_unmet = result_.unmet.size();
      for (const std::string& text : distribution.metadata->requires_dist) check(text);
      sort_as_pip_does(first_unmet);
    }
    return std::move(result_);
  }

 private:
  // pip compares with three numbers, whatever the level of the release.
  static Result<Version> python_version(const MarkerEnvironment& environment) {
    if (!environment.python_full_version)
      return Error{ErrorKind::not_found, "the version of Python is unknown"};
    std::string_view text = *environment.python_full_version;
    if (text.ends_with('+')) text.remove_suffix(1);
    const Result<Version> full = parse_version(text);
    return full ? parse_version(full->base_text()) : full;
  }

  void undecided(const std::string& requirement, const std::string& reason) {
    result_.undecided.push_back({current_->name, current_->metadata->version, requirement, reason});
  }

  void check_python() {
    const std::string& text = current_->metadata->requires_python;
    if (text.empty()) return;
    const Result<SpecifierSet> specifiers = parse_specifier_set(text);
    const std::string shown = "Requires-Python: " + text;
    if (!specifiers) {
      undecided(shown, specifiers.error().message);
    } else if (!python_) {
      undecided(shown, python_.error().message);
    } else if (!contains(*specifiers, *python_)) {
      result_.unmet_python.push_back({current_->name, current_->metadata->version, text});
    }
  }

  void check(const std::string& text) {
    const Result<Requirement> requirement = parse_requirement(text);
    if (!requirement) return undecided(text, requirement.error().message);
    if (requirement->marker) {
      const Result<Truth> applies = evaluate(*requirement->marker, environment_);
      if (!applies) return undecided(text, applies.error().message);
      if (*applies == Truth::no || (*applies == Truth::unknown && is_met(*requirement))) return;
      if (*applies == Truth::unknown) return undecided(text, "its marker asks for what is unknown here");
    }
    const auto found = by_name_.find(requirement->normalized_name);
    if (found == by_name_.end()) return unmet(*requirement, std::nullopt);
    const Distribution& required = *found->second;
    if (requirement->specifiers.empty()) return;
    if (!required.version) {
      return undecided(text, "the installed version " + required.metadata->version + " is " +
                                 required.version.error().message);
    }
    if (!contains(requirement->specifiers, *required.version))
      unmet(*requirement, required.metadata->version);
  }

  [[nodiscard]] bool is_met(const Requirement& requirement) const {
    const auto found = by_name_.find(requirement.normalized_name);
    if (found == by_name_.end()) return false;
    const Result<Version>& version = found->second->version;
    return requirement.specifiers.empty() || (version && contains(requirement.specifiers, *version));
  }

  void unmet(const Requirement& requirement, std::optional<std::string> installed) {
    result_.unmet.push_back({current_->name, current_->metadata->version, to_text(requirement),
                             requirement.normalized_name, std::move(installed)});
  }

  // Missing ones first, then by name and text, each once.
  void sort_as_pip_does(std::size_t first) {
    const auto key = [](const UnmetRequirement& unmet) {
      return std::tie(unmet.required, unmet.requirement);
    };
    const auto begin = result_.unmet.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, result_.unmet.end(), [&](const UnmetRequirement& left, const UnmetRequirement& right) {
      if (left.installed.has_value() != right.installed.has_value()) return !left.installed.has_value();
      return key(left) < key(right);
    });
    const auto end = std::unique(begin, result_.unmet.end(), [&](const auto& left, const auto& right) {
      return key(left) == key(right);
    });
    result_.unmet.erase(end, result_.unmet.end());
  }

  const MarkerEnvironment& environment_;
  Result<Version> python_;
  std::vector<Distribution> distributions_;
  std::unordered_map<std::string_view, const Distribution*> by_name_;
  const Distribution* current_ = nullptr;
  CheckResult result_;
};

}  // namespace

CheckResult check_requirements(const std::vector<Metadata>& installed, const MarkerEnvironment& environment) {
  return Check(installed, environment).run();
}

}  // namespace preflight::python
