#include <algorithm>
#include <array>

#include "probe/environments/discovery.hpp"
#include "probe/environments/search_path.hpp"
#include "support/text.hpp"

namespace preflight::probe::environments {

namespace {

using target::FileKind;
using target::FileTree;
using target::join_path;

constexpr std::size_t kMostEnvironments = 200;  // of a directory of environments
using Candidates = std::vector<Candidate>;

void add_prefix(Candidates& found, std::string path) {
  found.push_back({CandidateKind::prefix, std::move(path)});
}

// Every directory below `parent` (links to directories too), whether or not it is an environment.
void add_children(const FileTree& files, const std::string& parent, Candidates& found) {
  const auto entries = files.list(parent);
  if (!entries) return;
  std::size_t count = 0;
  for (const auto& entry : *entries) {
    if (entry.kind != FileKind::directory && entry.kind != FileKind::link) continue;
    if (++count > kMostEnvironments) return;
    add_prefix(found, join_path(parent, entry.name));
  }
}

void add_interpreters_of(const FileTree& files, const std::string& directory, Candidates& found) {
  const auto entries = files.list(directory);
  if (!entries) return;
  for (const auto& entry : *entries) {
    if (entry.kind != FileKind::regular && entry.kind != FileKind::link) continue;
    if (is_interpreter_name(entry.name) && entry.name != "python2") {
      found.push_back({CandidateKind::executable, join_path(directory, entry.name)});
    }
  }
}

void add_system(const FileTree& files, Candidates& found) {
  for (const auto* const directory : {"/usr/local/bin", "/usr/bin"}) {
    // First what "python3" means there: it gives its prefix the name.
    found.push_back({CandidateKind::executable, join_path(directory, "python3")});
    add_interpreters_of(files, directory, found);
  }
}

void add_conda(const FileTree& files, const std::string& base, Candidates& found) {
  add_prefix(found, base);
  add_children(files, join_path(base, "envs"), found);
}

void add_in_opt(const FileTree& files, Candidates& found) {
  add_conda(files, "/opt/conda", found);
  const auto entries = files.list("/opt");
  if (!entries || entries->size() > kMostEnvironments) return;
  for (const auto& entry : *entries) {
    const auto prefix = join_path("/opt", entry.name);
    if (files.exists(join_path(prefix, "pyvenv.cfg"))) add_prefix(found, prefix);
  }
}

void add_in_home(const FileTree& files, const std::string& home, Candidates& found) {
  for (const auto* const name : {"miniconda3", "anaconda3", "miniforge3", "mambaforge"}) {
    add_conda(files, join_path(home, name), found);
  }
  if (const auto text = files.read(join_path(home, ".conda/environments.txt"))) {
    const auto paths = lines(*text);
    for (const auto path : std::span(paths).first(std::min(paths.size(), kMostEnvironments))) {
      if (path.starts_with('/')) add_prefix(found, std::string(path));
    }
  }
  for (const auto* const name : {".pyenv/versions", ".local/share/uv/python", ".virtualenvs"}) {
    add_children(files, join_path(home, name), found);
  }
}

void add_workspaces(const std::string& working_directory, Candidates& found) {
  add_prefix(found, "/workspace/.venv");
  if (!working_directory.starts_with('/')) return;
  add_prefix(found, join_path(working_directory, ".venv"));
  add_prefix(found, join_path(working_directory, "venv"));
}

}  // namespace

Candidates requested_candidates(const Context& context, const Surroundings& surroundings) {
  Candidates found;
  for (const auto& path : context.requested_environments) {
    auto absolute = path;
    if (!path.starts_with('/')) {
      const auto& directory = surroundings.working_directory;
      absolute = join_path(directory.starts_with('/') ? directory : "/", path);
    }
    const auto status = context.files.status(absolute);
    const bool is_file = status && status->kind == FileKind::regular;
    found.push_back({is_file ? CandidateKind::executable : CandidateKind::prefix, std::move(absolute)});
  }
  return found;
}

Candidates active_candidates(const FileTree& files, const Surroundings& surroundings) {
  Candidates found;
  for (auto& executable : interpreters_on_path(files, surroundings)) {
    found.push_back({CandidateKind::executable, std::move(executable)});
  }
  for (const auto* const name : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
    const auto prefix = surroundings.variable(name);
    if (prefix.starts_with('/')) add_prefix(found, std::string(prefix));
  }
  return found;
}

Candidates usual_candidates(const FileTree& files, const Surroundings& surroundings) {
  Candidates found;
  add_workspaces(surroundings.working_directory, found);
  add_system(files, found);
  add_in_opt(files, found);
  for (const auto& home : surroundings.homes) add_in_home(files, home, found);
  return found;
}

}  // namespace preflight::probe::environments
