#include "catch.hpp"
#include "run_probe.hpp"

using namespace preflight;
using test::MemoryTree;
using test::state_of;

namespace {

constexpr unsigned kExecutable = 0755;

// A Python below a prefix, its exact version stated by its header.
MemoryTree& add_python(MemoryTree& tree, const std::string& prefix, const std::string& version) {
  const auto series = version.substr(0, version.rfind('.'));
  tree.file(prefix + "/bin/python" + series, "not ELF", kExecutable);
  tree.link(prefix + "/bin/python3", "python" + series);
  tree.file(prefix + "/lib/python" + series + "/os.py", "");
  tree.file(prefix + "/include/python" + series + "/Python.h", "");
  return tree.file(prefix + "/include/python" + series + "/patchlevel.h",
                   "#define PY_MAJOR_VERSION 3\n#define PY_VERSION      \"" + version + "\"\n");
}

MemoryTree& add_venv(MemoryTree& tree, const std::string& prefix, const std::string& base,
                     const std::string& series, const std::string& more = "") {
  tree.file(prefix + "/pyvenv.cfg", "home = " + base + "/bin\nversion = 3.0.0\n" + more);
  tree.link(prefix + "/bin/python", base + "/bin/python" + series);
  tree.link(prefix + "/bin/python3", "python");
  return tree.directory(prefix + "/lib/python" + series + "/site-packages");
}

MemoryTree& add_package(MemoryTree& tree, const std::string& directory, const std::string& name,
                        const std::string& version, const std::string& headers = "") {
  return tree.file(directory + "/" + name + "-" + version + ".dist-info/METADATA",
                   "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n" + headers +
                       "\nVersion: of the description\n");
}

MemoryTree& set_variables(MemoryTree& tree, const std::vector<std::string>& assignments) {
  std::string text;
  for (const auto& one : assignments) text += one + '\0';
  return tree.file("/proc/self/environ", text);
}

const facts::Subject& environment(const facts::Document& document, std::string_view id) {
  for (const auto* subject : document.of_kind("environment")) {
    if (subject->id == id) return *subject;
  }
  throw std::logic_error("no environment " + std::string(id));
}

facts::Document probe_environments(const MemoryTree& tree, std::vector<std::string> requested = {},
                                   probe::SystemState state = probe::SystemState::running) {
  facts::Document document;
  facts::FactWriter writer(document);
  test::find_probe("python-environments").run({tree, state, std::move(requested)}, writer);
  return document;
}

}  // namespace

TEST_CASE("a virtual environment on PATH is found, with the version that its base has today") {
  MemoryTree tree;
  add_python(tree, "/opt/python", "3.11.7");
  add_venv(tree, "/srv/app", "/opt/python", "3.11");
  add_package(tree, "/srv/app/lib/python3.11/site-packages", "Typing_Extensions", "4.9.0");
  set_variables(tree, {"PATH=/srv/app/bin:/opt/python/bin", "HOME=/root"});
  const auto document = probe_environments(tree);
  CHECK(test::host_state(document, "environments") == "2");
  const auto& venv = environment(document, "/srv/app");
  CHECK(state_of(venv, "kind") == "venv");
  CHECK(state_of(venv, "active") == "true");
  CHECK(state_of(venv, "requested") == "false");
  CHECK(state_of(venv, "python.version") == "3.11.7");
  CHECK(state_of(venv, "python.executable") == "/srv/app/bin/python");
  CHECK(state_of(venv, "python.include") == "/opt/python/include/python3.11");
  CHECK(state_of(venv, "packages") == "typing-extensions=4.9.0");
  CHECK(state_of(venv, "torch.version") == "absent");
  CHECK(state_of(environment(document, "/opt/python"), "active") == "false");
}
