// Where Python environments are looked for. Nothing is searched recursively: each place is a path or the
// entries of one directory.
#pragma once

#include <string>
#include <vector>

#include "probe/environments/surroundings.hpp"

namespace preflight::probe::environments {

enum class CandidateKind { prefix, executable };

// A place that may be an environment.
struct Candidate {
  CandidateKind kind = CandidateKind::prefix;
  std::string path;
  bool requested = false;  // named by the user: what isn't an environment must be said
};

// Requested ones first, then those on PATH, then by place. May repeat an environment.
std::vector<Candidate> find_candidates(const Context& context, const Surroundings& surroundings);

}  // namespace preflight::probe::environments
