// Which environments are found, and what they import.
#include "catch.hpp"
#include "python_trees.hpp"

using namespace preflight;
using test::environment;
using test::MemoryTree;
using test::probe_environments;
using test::state_of;

namespace {

constexpr auto kSitePackages = "/lib/python3.11/site-packages";

std::vector<std::string> ids(const facts::Document& document) {
  std::vector<std::string> ids;
  for (const auto* subject : document.of_kind("environment")) ids.push_back(subject->id);
  return ids;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a virtual environment on PATH is found, with the version that its base has today") {
  MemoryTree tree;
  test::add_python(tree, "/opt/python", "3.11.7");
  test::add_venv(tree, "/srv/app", "/opt/python", "3.11");
  test::add_package(tree, std::string("/srv/app") + kSitePackages, "Typing_Extensions", "4.9.0");
  test::set_variables(tree, {"PATH=/srv/app/bin:/opt/python/bin", "HOME=/root"});
  const auto document = probe_environments(tree);
  CHECK(test::host_state(document, "environments") == "2");
  const auto& venv = environment(document, "/srv/app");
  CHECK(state_of(venv, "kind") == "venv");
  CHECK(state_of(venv, "active") == "true");
  CHECK(state_of(venv, "requested") == "false");
  CHECK(state_of(venv, "python.version") == "3.11.7");
  CHECK(state_of(venv, "python.implementation") == "cpython");
  CHECK(state_of(venv, "python.executable") == "/srv/app/bin/python");
  CHECK(state_of(venv, "python.include") == "/opt/python/include/python3.11");
  CHECK(state_of(venv, "site_packages") == "/srv/app/lib/python3.11/site-packages");
  CHECK(state_of(venv, "packages") == "typing-extensions=4.9.0");
  CHECK(state_of(venv, "conda_packages") == "absent");
  CHECK(state_of(venv, "torch.version") == "absent");
  CHECK(state_of(environment(document, "/opt/python"), "active") == "false");
}

TEST_CASE("environments are found in the usual places, each once") {
  MemoryTree tree;
  test::add_python(tree, "/usr", "3.11.2");
  test::add_python(tree, "/usr/local", "3.12.4");
  test::add_python(tree, "/opt/conda", "3.10.1");
  test::add_python(tree, "/opt/conda/envs/train", "3.11.5");
  test::add_python(tree, "/home/ada/.pyenv/versions/3.13.0", "3.13.0");
  test::add_python(tree, "/home/ada/.local/share/uv/python/cpython-3.12", "3.12.9");
  test::add_python(tree, "/data/env", "3.9.1");
  tree.file("/home/ada/.conda/environments.txt", "/opt/conda\n/data/env\n/gone\n");
  test::add_venv(tree, "/opt/venv", "/usr/local", "3.12");
  test::add_venv(tree, "/job/.venv", "/usr", "3.11");
  test::add_venv(tree, "/workspace/.venv", "/usr", "3.11", "uv = 0.4.0\n");
  tree.link("/opt/current", "/opt/venv");
  tree.link("/proc/self/cwd", "/job");
  test::set_variables(tree, {"PATH=/usr/bin:/bin", "HOME=/home/ada", "VIRTUAL_ENV=/nowhere"});
  const auto document = probe_environments(tree);
  CHECK(ids(document) == Names{"/usr", "/workspace/.venv", "/job/.venv", "/usr/local", "/opt/conda",
                               "/opt/conda/envs/train", "/opt/venv", "/data/env",
                               "/home/ada/.pyenv/versions/3.13.0",
                               "/home/ada/.local/share/uv/python/cpython-3.12"});
  CHECK(state_of(environment(document, "/usr"), "active") == "true");
  CHECK(state_of(environment(document, "/usr"), "kind") == "system");
  CHECK(state_of(environment(document, "/workspace/.venv"), "kind") == "uv");
  CHECK(state_of(environment(document, "/job/.venv"), "kind") == "venv");
  CHECK(state_of(environment(document, "/home/ada/.pyenv/versions/3.13.0"), "kind") == "pyenv");
  CHECK(state_of(environment(document, "/home/ada/.local/share/uv/python/cpython-3.12"), "kind") == "uv");
}

TEST_CASE("in files at rest every home is looked into, and nothing is active") {
  MemoryTree tree;
  test::add_python(tree, "/root/miniconda3", "3.11.5");
  test::add_python(tree, "/home/ada/.pyenv/versions/3.13.0", "3.13.0");
  test::set_variables(tree, {"PATH=/root/miniconda3/bin"});
  const auto document = probe_environments(tree, {}, probe::SystemState::at_rest);
  CHECK(ids(document) == Names{"/root/miniconda3", "/home/ada/.pyenv/versions/3.13.0"});
  CHECK(state_of(environment(document, "/root/miniconda3"), "active") == "not observable");
}

TEST_CASE("two Pythons of one prefix are two environments") {
  MemoryTree tree;
  test::add_python(tree, "/usr", "3.12.3");
  test::add_python(tree, "/usr", "3.11.9");
  tree.link("/usr/bin/python3", "python3.12");
  test::add_package(tree, "/usr/local/lib/python3.12/dist-packages", "torch", "2.3.0");
  const auto document = probe_environments(tree, {}, probe::SystemState::at_rest);
  CHECK(ids(document) == Names{"/usr", "/usr/bin/python3.11"});
  CHECK(state_of(environment(document, "/usr"), "packages") == "torch=2.3.0");
  CHECK(state_of(environment(document, "/usr/bin/python3.11"), "packages").empty());
}

TEST_CASE("a link to a virtual environment's interpreter is its base, as it is for Python") {
  MemoryTree tree;
  test::add_python(tree, "/opt/python", "3.11.7");
  test::add_venv(tree, "/opt/venv", "/opt/python", "3.11");
  tree.link("/usr/bin/python3", "/opt/venv/bin/python3");
  test::set_variables(tree, {"PATH=/usr/bin"});
  const auto document = probe_environments(tree);
  CHECK(state_of(environment(document, "/opt/python"), "active") == "true");
  CHECK(state_of(environment(document, "/opt/venv"), "active") == "false");
}

TEST_CASE("a shim of pyenv stands for the selected version") {
  MemoryTree tree;
  test::add_python(tree, "/p/versions/3.11.7", "3.11.7");
  test::add_python(tree, "/p/versions/3.12.1", "3.12.1");
  tree.file("/p/shims/python3", "#!/usr/bin/env bash\n", test::kExecutable);
  tree.file("/p/version", "3.9.9\n3.11.7\n");
  tree.link("/proc/self/cwd", "/job/a/b");
  SECTION("globally, the first that has it") {
    test::set_variables(tree, {"PATH=/p/shims"});
    CHECK(ids(probe_environments(tree)) == Names{"/p/versions/3.11.7"});
  }
  SECTION("by a directory") {
    tree.file("/job/.python-version", "3.12.1\n");
    test::set_variables(tree, {"PATH=/p/shims"});
    CHECK(ids(probe_environments(tree)) == Names{"/p/versions/3.12.1"});
  }
  SECTION("by a variable") {
    tree.file("/job/.python-version", "3.11.7\n");
    test::set_variables(tree, {"PATH=/p/shims", "PYENV_VERSION=system:3.12.1"});
    CHECK(ids(probe_environments(tree)) == Names{"/p/versions/3.12.1"});
  }
}

TEST_CASE("what was asked for is found by prefix, by executable and relative to the working directory") {
  MemoryTree tree;
  test::add_python(tree, "/x/python", "3.11.7");
  test::add_venv(tree, "/x/venv", "/x/python", "3.11");
  tree.link("/proc/self/cwd", "/x");
  for (const auto* const name : {"/x/venv", "/x/venv/bin/python", "venv", "venv/"}) {
    INFO(name);
    const auto document = probe_environments(tree, {name});
    CHECK(ids(document) == Names{"/x/venv"});
    CHECK(state_of(environment(document, "/x/venv"), "requested") == "true");
  }
}

TEST_CASE("what was asked for and is no environment leaves its packages unreadable") {
  MemoryTree tree;
  tree.directory("/empty").file("/text", "x").link("/loop", "loop").fifo("/fifo");
  for (const std::string name : {"/empty", "/text", "/nowhere", "/loop", "/fifo"}) {
    INFO(name);
    const auto document = probe_environments(tree, {name});
    const auto& missing = environment(document, name);
    CHECK(state_of(missing, "packages") == "unreadable");
    CHECK(missing.find("packages")->unknown()->reason.starts_with(name + " is no Python environment: "));
    CHECK(state_of(missing, "requested") == "true");
  }
}

TEST_CASE("a directory of pip install --target") {
  MemoryTree tree;
  test::add_package(tree, "/packages", "requests", "2.31.0", "Requires-Dist: idna; python_version < '3'\n");
  const auto document = probe_environments(tree, {"/packages"});
  const auto& target = environment(document, "/packages");
  CHECK(state_of(target, "kind") == "target");
  CHECK(state_of(target, "packages") == "requests=2.31.0");
  CHECK(state_of(target, "python.version") == "absent");
  CHECK(state_of(target, "requirements.unmet").empty());
  CHECK(state_of(target, "requirements.undecided") != "");
}

TEST_CASE("the user's site-packages come first, where they are enabled") {
  MemoryTree tree;
  test::add_python(tree, "/opt/python", "3.11.7");
  const auto site = std::string("/opt/python") + kSitePackages;
  test::add_package(tree, site, "numpy", "1.26.4");
  test::add_package(tree, std::string("/home/ada/.local") + kSitePackages, "numpy", "2.0.2");
  test::add_venv(tree, "/closed", "/opt/python", "3.11");
  test::add_venv(tree, "/open", "/opt/python", "3.11", "include-system-site-packages = True\n");
  test::add_package(tree, std::string("/open") + kSitePackages, "six", "1.16.0");
  std::vector<std::string> variables = {"PATH=/opt/python/bin", "HOME=/home/ada"};
  const auto packages_of = [&](const std::string& prefix) {
    test::set_variables(tree, variables);
    return state_of(environment(probe_environments(tree, {prefix}), prefix), "packages");
  };
  CHECK(packages_of("/opt/python") == "numpy=2.0.2");
  CHECK(packages_of("/closed").empty());
  CHECK(packages_of("/open") == "numpy=2.0.2, six=1.16.0");
  variables.emplace_back("PYTHONNOUSERSITE=1");
  CHECK(packages_of("/opt/python") == "numpy=1.26.4");
  CHECK(packages_of("/open") == "numpy=1.26.4, six=1.16.0");
}

TEST_CASE("PYTHONPATH and path files add directories; code in path files is not run") {
  MemoryTree tree;
  test::add_python(tree, "/opt/python", "3.11.7");
  const auto site = std::string("/opt/python") + kSitePackages;
  tree.file(
      site + "/a.pth",
      "# comment\n\nimport os; os.system('false')\nimport\tsys\n/extra/one  \n../relative\r\n/nowhere\n");
  tree.file(site + "/.hidden.pth", "/extra/hidden\n");
  tree.file(site + "/old.egg-link", "/develop\n../\n");
  test::add_package(tree, "/extra/one", "one", "1");
  test::add_package(tree, "/extra/hidden", "hidden", "1");
  test::add_package(tree, "/opt/python/lib/python3.11/relative", "two", "2");
  tree.file("/develop/old.egg-info/PKG-INFO", "Name: old\nVersion: 3\n");
  tree.file("/pythonpath/a.pth", "/extra/hidden\n");
  test::add_package(tree, "/pythonpath", "one", "0.5");
  test::set_variables(tree, {"PATH=/opt/python/bin", "PYTHONPATH=relative::/pythonpath:/nowhere"});
  const auto document = probe_environments(tree);
  const auto& python = environment(document, "/opt/python");
  CHECK(state_of(python, "packages") == "old=3, one=0.5, two=2");
  CHECK(state_of(python, "site_packages") ==
        "/pythonpath, " + site + ", /extra/one, /opt/python/lib/python3.11/relative, /develop");
  CHECK(state_of(python, "duplicates").find("/extra/one/one-1.dist-info") != std::string::npos);
}

TEST_CASE("Debian's and Fedora's system Pythons") {
  MemoryTree tree;
  SECTION("dist-packages of Debian, the administrator's first") {
    test::add_python(tree, "/usr", "3.11.2");
    test::add_package(tree, "/usr/lib/python3/dist-packages", "six", "1.16.0");
    test::add_package(tree, "/usr/local/lib/python3.11/dist-packages", "six", "1.17.0");
    test::add_package(tree, "/usr/local/lib/python3.11/site-packages", "torch", "2.2.0");
    const auto document = probe_environments(tree, {"/usr"});
    CHECK(state_of(environment(document, "/usr"), "packages") == "six=1.17.0");
  }
  SECTION("lib64 and /usr/local of Fedora") {
    test::add_python(tree, "/usr", "3.12.4");
    test::add_package(tree, "/usr/lib/python3.12/site-packages", "a", "1");
    test::add_package(tree, "/usr/lib64/python3.12/site-packages", "a", "2");
    test::add_package(tree, "/usr/local/lib/python3.12/site-packages", "b", "3");
    const auto document = probe_environments(tree, {"/usr"});
    CHECK(state_of(environment(document, "/usr"), "packages") == "a=2, b=3");
  }
}

TEST_CASE("conda's records name its packages and the exact Python") {
  MemoryTree tree;
  test::add_python(tree, "/opt/conda", "3.11.5");
  tree.file("/opt/conda/include/python3.11/patchlevel.h", "nothing");
  tree.file("/opt/conda/conda-meta/history", "");
  tree.file("/opt/conda/conda-meta/python-3.11.8-hab00c5b_0_cpython.json", "{}");
  tree.file("/opt/conda/conda-meta/_libgcc_mutex-0.1-main.json", "{}");
  tree.file("/opt/conda/conda-meta/cuda-version-12.4-h3060b56_3.json", "{}");
  tree.file("/opt/conda/conda-meta/bad.json", "{}");
  const auto document = probe_environments(tree, {}, probe::SystemState::at_rest);
  const auto& conda = environment(document, "/opt/conda");
  CHECK(state_of(conda, "kind") == "conda");
  CHECK(state_of(conda, "python.version") == "3.11.8");
  CHECK(state_of(conda, "conda_packages") == "_libgcc_mutex=0.1, cuda-version=12.4, python=3.11.8");
}

TEST_CASE("where only the series of an interpreter shows, its version is unknown and says so") {
  MemoryTree tree;
  test::add_python(tree, "/opt/python", "3.11.7");
  tree.file("/opt/python/include/python3.11/patchlevel.h", "#define PY_VERSION broken\n");
  test::add_venv(tree, "/srv/app", "/gone", "3.11");
  const auto document = probe_environments(tree, {"/opt/python", "/srv/app"});
  const auto* version = environment(document, "/opt/python").find("python.version");
  REQUIRE(version->unknown() != nullptr);
  CHECK(version->unknown()->reason == "only its series is known: 3.11");
  version = environment(document, "/srv/app").find("python.version");
  REQUIRE(version->unknown() != nullptr);
  CHECK(version->unknown()->reason ==
        "its interpreter is missing (home = /gone/bin); its library directory says 3.11");
  CHECK(state_of(environment(document, "/srv/app"), "python.include") == "not observable");
}

TEST_CASE("free-threaded builds and PyPy have directories of their own") {
  MemoryTree tree;
  tree.file("/ft/bin/python3.13t", "", test::kExecutable).file("/ft/lib/python3.13t/os.py", "");
  tree.file("/ft/include/python3.13t/patchlevel.h", "#define PY_VERSION \"3.13.1\"\n");
  test::add_package(tree, "/ft/lib/python3.13t/site-packages", "numpy", "2.1.0");
  tree.file("/pp/bin/pypy3.10", "", test::kExecutable).file("/pp/lib/pypy3.10/os.py", "");
  tree.link("/pp/bin/pypy3", "pypy3.10");
  const auto document = probe_environments(tree, {"/ft", "/pp"});
  CHECK(state_of(environment(document, "/ft"), "packages") == "numpy=2.1.0");
  CHECK(state_of(environment(document, "/ft"), "python.version") == "3.13.1");
  CHECK(state_of(environment(document, "/pp"), "python.implementation") == "pypy");
}
