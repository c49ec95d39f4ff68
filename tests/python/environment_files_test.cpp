// The small files of a Python environment, as text.
#include "catch.hpp"
#include "python/installed_name.hpp"
#include "python/interpreter_version.hpp"
#include "python/path_file.hpp"
#include "python/pyvenv_config.hpp"
#include "python/torch_files.hpp"

using namespace preflight::python;

TEST_CASE("pyvenv.cfg as venv, virtualenv and uv write it") {
  const auto venv =
      parse_pyvenv_config("home = /usr/bin\ninclude-system-site-packages = true\nversion = 3.11.7\n");
  CHECK(venv.home == "/usr/bin");
  CHECK(venv.version == "3.11.7");
  CHECK(venv.system_site_packages);
  CHECK(!venv.made_by_uv);
  const auto uv = parse_pyvenv_config("HOME=/x\r\nuv = 0.4.0\nversion_info = 3.12.1\nnonsense\n = \n");
  CHECK(uv.home == "/x");
  CHECK(uv.version == "3.12.1");
  CHECK(uv.made_by_uv);
  CHECK(!uv.system_site_packages);
}

TEST_CASE("path files give directories, never code") {
  const auto paths =
      parse_path_file("# c\nimport os; os.remove('/')\n\n/a\n  \t\nb c \r\nimport\tx\nimportant\n/no\nlast");
  const std::vector<std::string_view> expected = {"/a", "b c", "important", "/no", "last"};
  CHECK(paths == expected);
  CHECK(parse_path_file(std::string_view("/a\0b\n", 5)).empty());
}

TEST_CASE("names of entries in site-packages") {
  const auto wheel = read_installed_name("Foo_Bar-1.0+cu121.dist-info");
  CHECK(wheel.kind == InstalledKind::dist_info);
  CHECK(wheel.name == "Foo_Bar");
  CHECK(wheel.version == "1.0+cu121");
  const auto egg = read_installed_name("a-1.0-py3.11.EGG-INFO");
  CHECK(egg.kind == InstalledKind::egg_info);
  CHECK(egg.version == "1.0");
  CHECK(read_installed_name("a.egg-info").version.empty());
  CHECK(read_installed_name("a.egg-link").kind == InstalledKind::egg_link);
  CHECK(read_installed_name("a.pth").kind == InstalledKind::path_file);
  CHECK(read_installed_name("numpy").kind == InstalledKind::other);
  CHECK(read_installed_name("").kind == InstalledKind::other);
  CHECK(is_valid_name("ruamel.yaml"));
  for (const auto* const name : {"", "~orch", "-umpy", "a-", "a b", "\xff"}) CHECK(!is_valid_name(name));
}

TEST_CASE("versions of interpreters") {
  CHECK(read_patchlevel("/* x */\n#define PY_VERSION              \t\"3.13.0rc2\"\n") == "3.13.0rc2");
  CHECK(read_patchlevel("#define PY_VERSION_HEX 1\n#define PY_VERSION \"3.12.0+\"") == "3.12.0+");
  CHECK(!read_patchlevel("#define PY_VERSION 3.11\n#define PY_VERSION \"x\"\n#define PY_VERSION \""));
  CHECK(is_interpreter_version("3.11.7", "3.11"));
  CHECK(is_interpreter_version("3.12.0b1+", "3.12"));
  for (const auto* const text : {"3.11", "3.11.", "3.110.1", "3.11.7/lib", "3.11.7 ", "3.11.7.so", ""}) {
    INFO(text);
    CHECK(!is_interpreter_version(text, "3.11"));
  }
  CHECK(series_of_library("python3.13t") == "3.13");
  CHECK(series_of_library("python3.7m") == "3.7");
  CHECK(series_of_library("pypy3.10") == "3.10");
  for (const auto* const name :
       {"python3", "python", "python3.x", "perl5.36", "python3.11-config", "python3.11.1"}) {
    INFO(name);
    CHECK(series_of_library(name).empty());
  }
}

TEST_CASE("file names of conda's records") {
  const auto record = read_conda_record_name("cuda-cudart-dev_linux-64-12.4.127-0.json");
  REQUIRE(record);
  CHECK(record->name == "cuda-cudart-dev_linux-64");
  CHECK(record->version == "12.4.127");
  for (const auto* const name : {"history", "a.json", "a-1.json", "-1-0.json", "a--0.json", ".json"}) {
    INFO(name);
    CHECK(!read_conda_record_name(name));
  }
}

TEST_CASE("torch's version.py is read as text") {
  const auto build = parse_torch_version_file(
      "__version__ = \"2.7.0\"\ncuda: Optional[str] = '12.8'\nhip = None\nxpu: x = 'a\ngit_version = '5'  "
      "\n= '1'\n");
  CHECK(build.version == "2.7.0");
  CHECK(build.cuda == "12.8");
  CHECK(build.hip.empty());
  CHECK(build.xpu.empty());
  CHECK(build.git == "5");
  CHECK(read_cxx11_abi_of_cmake("x -D_GLIBCXX_USE_CXX11_ABI=1\"") == true);
  CHECK(!read_cxx11_abi_of_cmake("-D_GLIBCXX_USE_CXX11_ABI="));
  CHECK(!read_cxx11_abi_of_cmake("-D_GLIBCXX_USE_CXX11_ABI=@X@"));
  CHECK(!read_cxx11_abi_of_module(""));
}
