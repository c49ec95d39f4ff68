#include "python_trees.hpp"

namespace preflight::test {

void add_python(MemoryTree& tree, const std::string& prefix, const std::string& version) {
  const auto series = version.substr(0, version.rfind('.'));
  tree.file(prefix + "/bin/python" + series, "not ELF", kExecutable);
  tree.link(prefix + "/bin/python3", "python" + series);
  tree.file(prefix + "/lib/python" + series + "/os.py", "");
  tree.file(prefix + "/include/python" + series + "/Python.h", "");
  tree.file(prefix + "/include/python" + series + "/patchlevel.h",
            "#define PY_MAJOR_VERSION 3\n#define PY_VERSION      \"" + version + "\"\n");
}

void add_venv(MemoryTree& tree, const std::string& prefix, const std::string& base, const std::string& series,
              const std::string& more) {
  tree.file(prefix + "/pyvenv.cfg", "home = " + base + "/bin\nversion = 3.0.0\n" + more);
  tree.link(prefix + "/bin/python", base + "/bin/python" + series);
  tree.link(prefix + "/bin/python3", "python");
  tree.directory(prefix + "/lib/python" + series + "/site-packages");
}

void add_package(MemoryTree& tree, const std::string& directory, const std::string& name,
                 const std::string& version, const std::string& headers) {
  tree.file(directory + "/" + name + "-" + version + ".dist-info/METADATA",
            "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n" + headers +
                "\nVersion: of the description\n");
}

void set_variables(MemoryTree& tree, const std::vector<std::string>& assignments) {
  std::string text;
  for (const auto& one : assignments) text += one + '\0';
  tree.file("/proc/self/environ", text);
}

facts::Document probe_environments(const target::FileTree& tree, std::vector<std::string> requested,
                                   probe::SystemState state) {
  facts::Document document;
  facts::FactWriter writer(document);
  find_probe("python-environments").run({tree, state, std::move(requested)}, writer);
  return document;
}

const facts::Subject& environment(const facts::Document& document, std::string_view id) {
  for (const auto* subject : document.of_kind("environment")) {
    if (subject->id == id) return *subject;
  }
  throw std::logic_error("no environment " + std::string(id));
}

}  // namespace preflight::test
