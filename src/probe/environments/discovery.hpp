// Which Python environments there are. Nothing is searched recursively: each place is a path or the entries
// of one directory.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "probe/environments/installation.hpp"
#include "probe/environments/surroundings.hpp"

namespace preflight::probe::environments {

enum class CandidateKind { prefix, executable };

// A place that may be an environment.
struct Candidate {
  CandidateKind kind = CandidateKind::prefix;
  std::string path;
};

// What the user named, absolute: relative ones count from the working directory.
std::vector<Candidate> requested_candidates(const Context& context, const Surroundings& surroundings);

// The interpreters on PATH, then what VIRTUAL_ENV and CONDA_PREFIX name: the first that is a Python is
// active.
std::vector<Candidate> active_candidates(const target::FileTree& files, const Surroundings& surroundings);

// The places where Pythons and environments usually are. May repeat one, and name what is none.
std::vector<Candidate> usual_candidates(const target::FileTree& files, const Surroundings& surroundings);

struct Environment {
  Installation python;
  std::string id;  // the prefix; for a further Python of the same prefix (python3.12 in /usr) its executable
  bool requested = false;
  bool active = false;
};

struct Discovered {
  std::vector<Environment> environments;               // each once: those on PATH first
  std::vector<std::pair<std::string, Error>> missing;  // requested, and no environment
  bool complete = true;                                // false when there are more than kMostEnvironments
};

inline constexpr std::size_t kMostEnvironments = 200;

// The requested environments alone where there are any; all that can be found otherwise.
Discovered discover(const Context& context, const Surroundings& surroundings);

}  // namespace preflight::probe::environments
