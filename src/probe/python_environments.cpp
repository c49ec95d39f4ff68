// Every Python environment of the target: found, and read without running Python.
#include "probe/environments/built_for_torch.hpp"
#include "probe/environments/discovery.hpp"
#include "probe/environments/import_path.hpp"
#include "probe/environments/installation.hpp"
#include "probe/environments/interpreter.hpp"
#include "probe/environments/packages.hpp"
#include "probe/environments/reads.hpp"
#include "probe/environments/requirements.hpp"
#include "probe/environments/surroundings.hpp"
#include "probe/environments/torch.hpp"
#include "probe/environments/triton.hpp"
#include "probe/probe.hpp"
#include "python/interpreter_version.hpp"

namespace preflight::probe {

namespace {

using environments::Installation;
using environments::Surroundings;
using facts::Gap;
using target::FileTree;
using target::join_path;

std::string kind_of(const FileTree& files, const Installation& python) {
  if (python.venv) return python.venv->made_by_uv ? "uv" : "venv";
  if (python.library.empty()) return "target";
  if (files.exists(join_path(python.prefix, "conda-meta"))) return "conda";
  if (python.prefix.find("/.pyenv/versions/") != std::string::npos) return "pyenv";
  if (python.prefix.find("/uv/python/") != std::string::npos) return "uv";
  return "system";
}

void write_conda(const FileTree& files, const Installation& python, facts::SubjectWriter& writer) {
  const auto directory = join_path(python.prefix, "conda-meta");
  const auto entries = files.list(directory);
  if (!entries) {
    if (entries.error().kind == ErrorKind::not_found) {
      writer.absent("conda_packages", directory);
    } else {
      writer.unknown("conda_packages", {entries.error().message, Gap::unreadable}, directory);
    }
    return;
  }
  facts::Map packages;
  for (const auto& entry : *entries) {
    if (const auto package = python::read_conda_record_name(entry.name)) {
      packages.emplace(std::string(package->name), std::string(package->version));
    }
  }
  writer.set("conda_packages", std::move(packages), directory);
}

void write_environment(const Context& context, const Surroundings& surroundings,
                       const environments::Environment& environment, facts::SubjectWriter writer) {
  const auto& files = context.files;
  const auto& python = environment.python;
  writer.set("prefix", python.prefix, python.prefix);
  writer.set("kind", kind_of(files, python), python.prefix);
  writer.set("requested", environment.requested, "command line");
  if (surroundings.has_variables) {
    writer.set("active", environment.active, "PATH, VIRTUAL_ENV, CONDA_PREFIX");
  } else {
    writer.unknown("active", {"the target shows no environment variables"}, "/proc/self/environ");
  }
  const auto version = environments::find_version(files, python);
  environments::write_interpreter(files, python, version, writer);
  const auto import_path = environments::read_import_path(files, surroundings, python);
  std::vector<std::string> directories;
  for (const auto& directory : import_path.directories) directories.push_back(directory.path);
  writer.set("site_packages", facts::string_list(directories), python.prefix);
  const auto packages = environments::read_packages(files, import_path);
  environments::write_packages(packages, import_path, writer);
  write_conda(files, python, writer);
  const auto markers = environments::marker_environment(context, python, version);
  environments::write_requirements(packages, import_path, markers, writer);
  environments::write_torch(files, import_path, packages, markers, writer);
  environments::write_triton(files, import_path, writer);
  environments::write_built_for_torch(files, import_path, writer);
}

constexpr Sets kSets[] = {
    {"environment", "prefix"},          {"environment", "kind"},           {"environment", "active"},
    {"environment", "requested"},       {"environment", "python."},        {"environment", "site_packages"},
    {"environment", "packages"},        {"environment", "conda_packages"}, {"environment", "duplicates"},
    {"environment", "requirements."},   {"environment", "torch."},         {"environment", "triton."},
    {"environment", "built_for_torch"}, {"host", "environments"}};

// A prefix that was asked for and isn't an environment: its packages were to be read and couldn't be.
void write_missing(const std::string& path, const Error& error, facts::SubjectWriter writer) {
  writer.set("prefix", path, "command line");
  writer.set("requested", true, "command line");
  for (const auto& sets : kSets) {
    if (sets.kind != "environment") continue;
    writer.rest_unknown(sets.prefix, {path + " is no Python environment: " + error.message, Gap::unreadable},
                        path);
  }
}

void run_python_environments(const Context& context, facts::FactWriter& writer) {
  const auto surroundings = environments::read_surroundings(context);
  const auto found = environments::discover(context, surroundings);
  for (const auto& [path, error] : found.missing) {
    write_missing(path, error, writer.subject("environment", path));
  }
  for (const auto& one : found.environments) {
    write_environment(context, surroundings, one, writer.subject("environment", one.id));
  }
  const auto count = static_cast<std::int64_t>(found.environments.size() + found.missing.size());
  if (found.complete) {
    writer.host().set("environments", count, "known places of Python environments");
  } else {
    writer.host().unknown("environments", {"more than 200 Python environments; name yours with --env"},
                          "known places of Python environments");
  }
}

}  // namespace

Probe python_environments_probe() {
  return {"python-environments",
          "Python environments, their interpreters, packages and torch",
          Needs::files,
          environments::kReads,
          kSets,
          run_python_environments};
}

}  // namespace preflight::probe
