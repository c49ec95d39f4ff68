#include "report/load_map.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "facts/writer.hpp"

using namespace preflight;
using report::Libraries;

namespace {

constexpr const char* kPackages = "/venv/lib/python3.11/site-packages";

// An environment with torch, to which a test adds what it is about.
struct Map {
  facts::Document document;
  facts::FactWriter writer{document};
  facts::SubjectWriter environment = writer.subject("environment", "/venv");

  Map() {
    document.target = "this host";
    environment.set("torch.version", "2.8.0+cu128", "");
    environment.set("torch.cuda", "12.8", "");
    environment.set("site_packages", facts::string_list({kPackages}), "");
    environment.set("gpu_code.sass", facts::string_list({"sm_80", "sm_90"}), "");
    environment.set("gpu_code.ptx", facts::string_list({"compute_90"}), "");
    environment.set("load.missing", facts::List{}, "");
    environment.set("load.missing_versions", facts::List{}, "");
    environment.set("load.undefined", facts::List{}, "");
  }

  // A library of the environment's packages, unless its path says otherwise.
  facts::SubjectWriter library(const std::string& soname, std::string path, const std::string& needed_by,
                               const std::string& found_by = "DT_RPATH") {
    const bool is_own = !path.starts_with('/');
    if (is_own) path = own(path);
    auto library = writer.subject("loaded_library", soname + " of /venv");
    library.set("environment", "/venv", "");
    library.set("soname", soname, "");
    library.set("name", soname.substr(0, soname.find(".so")), "");
    library.set("path", path, "");
    library.set("stage", "torch", "");
    if (needed_by.empty()) {
      library.absent("needed_by", "");
    } else {
      library.set("needed_by", needed_by, "");
    }
    library.set("found_by", found_by, "");
    library.set("own", is_own, "");
    library.set("lost", facts::List{}, "");
    return library;
  }

  facts::SubjectWriter extension(const std::string& package, const std::string& path) {
    auto extension = writer.subject("extension", own(path));
    extension.set("environment", "/venv", "");
    extension.set("package", package, "");
    extension.set("path", own(path), "");
    extension.set("missing_libraries", facts::List{}, "");
    extension.set("missing_versions", facts::List{}, "");
    extension.set("undefined.count", 0, "");
    return extension;
  }

  static std::string own(const std::string& path) { return std::string(kPackages) + "/" + path; }

  std::string text(Libraries libraries = Libraries::of_the_stack, report::Style style = {}) const {
    return report::load_map_text(document, style, libraries);
  }
  nlohmann::json parsed() const { return nlohmann::json::parse(report::load_map_json(document)); }
};

// What a healthy process loads.
Map healthy() {
  Map map;
  map.library("python3.11", "/usr/bin/python3.11", "", "start");
  map.library("libc.so.6", "/usr/lib/libc.so.6", "/usr/bin/python3.11", "ld.so.cache");
  map.library("libtorch_cuda.so", "torch/lib/libtorch_cuda.so", "/usr/bin/python3.11", "path")
      .set("gpu_code.sass", facts::string_list({"sm_80", "sm_90"}), "");
  map.library("libcudnn.so.9", "nvidia/cudnn/lib/libcudnn.so.9", Map::own("torch/lib/libtorch_cuda.so"))
      .set("version", "9.10.2", "");
  auto ops = map.library("libcudnn_ops.so.9", "nvidia/cudnn/lib/libcudnn_ops.so.9",
                         Map::own("nvidia/cudnn/lib/libcudnn.so.9"), "DT_RUNPATH");
  ops.set("stage", "use", "");
  ops.set("lost", facts::string_list({"/usr/local/cuda/lib64/libcudnn_ops.so.9"}), "");
  return map;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

}  // namespace

TEST_CASE("the load map of a healthy environment") {
  CHECK(healthy().text() ==
        "/venv: torch 2.8.0+cu128, CUDA 12.8\n"
        "  kernels of torch for sm_80 sm_90 compute_90\n"
        "  python3.11  /usr/bin/python3.11  (start)\n"
        "    libtorch_cuda.so  torch/lib/libtorch_cuda.so  (path)\n"
        "        code for sm_80 sm_90\n"
        "      libcudnn.so.9 9.10.2  nvidia/cudnn/lib/libcudnn.so.9  (DT_RPATH)\n"
        "        libcudnn_ops.so.9  nvidia/cudnn/lib/libcudnn_ops.so.9  (DT_RUNPATH, when first used)\n"
        "            instead of /usr/local/cuda/lib64/libcudnn_ops.so.9\n");
}

TEST_CASE("the system's libraries are shown when asked for") {
  CHECK(!contains(healthy().text(), "libc.so.6"));
  CHECK(contains(healthy().text(Libraries::all), "    libc.so.6  /usr/lib/libc.so.6  (ld.so.cache)\n"));
}

TEST_CASE("what stands below a library that isn't shown moves up") {
  Map map;
  map.library("python3.11", "/usr/bin/python3.11", "", "start");
  map.library("libwrap.so", "/usr/lib/libwrap.so", "/usr/bin/python3.11", "default");
  map.library("libcuda.so.1", "/usr/lib/libcuda.so.1", "/usr/lib/libwrap.so", "default");
  CHECK(contains(map.text(), "\n    libcuda.so.1  /usr/lib/libcuda.so.1  (default)\n"));
  CHECK(contains(map.text(Libraries::all), "\n      libcuda.so.1  /usr/lib/libcuda.so.1  (default)\n"));
}

TEST_CASE("the same as JSON") {
  Map map;
  map.library("libcudnn.so.9", "/usr/local/cuda/lib64/libcudnn.so.9", "/venv/bin/python", "LD_LIBRARY_PATH")
      .set("own_copy", Map::own("libcudnn.so.9"), "");
  map.extension("x", "x.so").set("gpu_code.sass", facts::string_list({"sm_90"}), "");
  CHECK(report::load_map_json(map.document) == R"({
  "schema": 1,
  "target": "this host",
  "environments": [
    {
      "prefix": "/venv",
      "torch": "2.8.0+cu128",
      "gpu_code": {
        "sass": [
          "sm_80",
          "sm_90"
        ],
        "ptx": [
          "compute_90"
        ]
      },
      "missing": [],
      "missing_versions": [],
      "undefined": [],
      "unknown": {},
      "libraries": [
        {
          "soname": "libcudnn.so.9",
          "path": "/usr/local/cuda/lib64/libcudnn.so.9",
          "needed_by": "/venv/bin/python",
          "found_by": "LD_LIBRARY_PATH",
          "stage": "torch",
          "version": null,
          "own": false,
          "own_copy": "/venv/lib/python3.11/site-packages/libcudnn.so.9",
          "own_copy_version": null,
          "lost": [],
          "gpu_code": {
            "sass": null,
            "ptx": null
          },
          "unknown": {}
        }
      ],
      "extensions": [
        {
          "path": "/venv/lib/python3.11/site-packages/x.so",
          "package": "x",
          "missing_libraries": [],
          "missing_versions": [],
          "undefined": {
            "count": 0,
            "symbol": null,
            "readable": null,
            "origin": null
          },
          "gpu_code": {
            "sass": [
              "sm_90"
            ],
            "ptx": null
          },
          "unknown": {}
        }
      ]
    }
  ]
}
)");
}

TEST_CASE("a cuDNN that isn't the environment's own is said to win over it") {
  Map map;
  map.library("python3.11", "/usr/bin/python3.11", "", "start");
  const std::string own = Map::own("nvidia/cudnn/lib/libcudnn.so.9");
  auto cudnn = map.library("libcudnn.so.9", "/usr/local/cuda/lib64/libcudnn.so.9", "/usr/bin/python3.11",
                           "LD_LIBRARY_PATH");
  cudnn.set("version", "9.0.0", "");
  cudnn.set("own_copy", own, "");
  cudnn.set("lost", facts::string_list({"/opt/libcudnn.so.9", own}), "");
  CHECK(contains(map.text(),
                 "    libcudnn.so.9 9.0.0  /usr/local/cuda/lib64/libcudnn.so.9  (LD_LIBRARY_PATH)\n"
                 "        not the environment's own nvidia/cudnn/lib/libcudnn.so.9\n"
                 "        instead of /opt/libcudnn.so.9\n"));
  cudnn.set("own_copy_version", "9.10.2", "");
  CHECK(contains(map.text(), "not the environment's own nvidia/cudnn/lib/libcudnn.so.9 (9.10.2)\n"));
}

TEST_CASE("what import torch fails with comes first") {
  Map map;
  map.library("python3.11", "/usr/bin/python3.11", "", "start");
  SECTION("a library that isn't found") {
    map.environment.set("load.missing",
                        facts::List{facts::Map{{"soname", "libcufile.so.0"},
                                               {"needed_by", "/x/libtorch_cuda.so"},
                                               {"reason", "cannot open shared object file"}}},
                        "");
    map.environment.unknown("load.undefined", {"libraries are missing"}, "");
    CHECK(map.text() ==
          "/venv: torch 2.8.0+cu128, CUDA 12.8\n"
          "  kernels of torch for sm_80 sm_90 compute_90\n"
          "  not found: libcufile.so.0, which /x/libtorch_cuda.so needs\n"
          "  python3.11  /usr/bin/python3.11  (start)\n");
    CHECK(map.parsed()["environments"][0]["missing"][0]["soname"] == "libcufile.so.0");
    CHECK(map.parsed()["environments"][0]["undefined"].is_null());
    CHECK(map.parsed()["environments"][0]["unknown"] ==
          nlohmann::json{{"load.undefined", "libraries are missing"}});
  }
  SECTION("a version that a library lacks") {
    map.environment.set("load.missing_versions",
                        facts::string_list({"GLIBCXX_3.4.32 of /lib/libstdc++.so.6"}), "");
    CHECK(contains(map.text(), "  version not found: GLIBCXX_3.4.32 of /lib/libstdc++.so.6\n"));
  }
  SECTION("a symbol that nothing defines") {
    map.environment.set("load.undefined",
                        facts::List{facts::Map{{"symbol", "_Z1fv"},
                                               {"readable", "f()"},
                                               {"file", "/x/libtorch_python.so"},
                                               {"origin", "torch"}}},
                        "");
    CHECK(contains(map.text(), "  undefined symbol: f(), which /x/libtorch_python.so needs\n"));
  }
  SECTION("symbols that could not be looked up") {
    map.environment.unknown("load.undefined", {"a file is cut off"}, "");
    CHECK(contains(map.text(), "  Whether every symbol is found isn't known: a file is cut off\n"));
  }
}

TEST_CASE("what isn't known is said not to be") {
  Map map;
  SECTION("what torch loads") {
    map.environment.unknown("load.missing", {"the environment has no interpreter"}, "");
    map.environment.unknown("load.undefined", {"the environment has no interpreter"}, "");
    map.environment.unknown("gpu_code.sass", {"the environment has no interpreter"}, "");
    map.environment.unknown("gpu_code.ptx", {"the environment has no interpreter"}, "");
    CHECK(map.text() ==
          "/venv: torch 2.8.0+cu128, CUDA 12.8\n"
          "  What it loads isn't known: the environment has no interpreter\n");
    const auto environment = map.parsed()["environments"][0];
    CHECK(environment["missing"].is_null());
    CHECK(environment["unknown"]["load.missing"] == "the environment has no interpreter");
    CHECK(environment["libraries"].empty());
  }
  SECTION("whether an environment has torch") {
    map.environment.unknown("torch.version", {"it is no Python environment"}, "");
    CHECK(map.text() == "/venv: whether it has torch isn't known: it is no Python environment\n");
    CHECK(map.parsed()["environments"][0]["unknown"]["torch.version"] == "it is no Python environment");
  }
  SECTION("for which CUDA torch was built") {
    map.environment.unknown("torch.cuda", {"no version.py"}, "");
    CHECK(map.text().starts_with("/venv: torch 2.8.0+cu128\n"));
    map.environment.absent("torch.cuda", "");
    CHECK(map.text().starts_with("/venv: torch 2.8.0+cu128, without CUDA\n"));
  }
  SECTION("in a file with nothing but versions") {
    facts::Document saved;
    facts::FactWriter(saved).subject("environment", "/old").set("torch.version", "2.0.1", "");
    CHECK(report::load_map_text(saved, {}, Libraries::all) ==
          "/old: torch 2.0.1\n"
          "  What it loads isn't known: not recorded\n");
  }
}

TEST_CASE("without torch there is nothing to map") {
  Map map;
  map.environment.absent("torch.version", "");
  CHECK(map.text() == "No environment with torch on this host.\n");
  CHECK(map.parsed()["environments"].empty());
  facts::Document nothing;
  nothing.target = "directory /\x1b[31m";
  CHECK(report::load_map_text(nothing, {}, Libraries::all) ==
        "No environment with torch on directory /[31m.\n");
}

TEST_CASE("compiled extensions say what they would fail with") {
  Map map;
  map.extension("fine", "fine/_C.so").set("gpu_code.sass", facts::string_list({"sm_90"}), "");
  auto missing = map.extension("sox", "sox/_C.so");
  missing.set("missing_libraries", facts::string_list({"libsox.so", "libsox_b.so"}), "");
  missing.unknown("undefined.count", {"libraries are missing"}, "");
  map.extension("new", "new.so")
      .set("missing_versions", facts::string_list({"GLIBCXX_3.4.32 of /lib/libstdc++.so.6"}), "");
  auto undefined = map.extension("flash-attn", "flash_attn_2_cuda.so");
  undefined.set("undefined.count", 12, "");
  undefined.set("undefined.readable", "c10::Error::what() const", "");
  map.extension("cut", "cut.so").unknown("missing_libraries", {"file too short"}, "");
  map.extension("odd", "odd.so").unknown("undefined.count", {"a broken table"}, "");
  CHECK(map.text() ==
        "/venv: torch 2.8.0+cu128, CUDA 12.8\n"
        "  kernels of torch for sm_80 sm_90 compute_90\n"
        "\n"
        "  Compiled extensions\n"
        "  sox  sox/_C.so\n"
        "      not found: libsox.so, libsox_b.so\n"
        "  new  new.so\n"
        "      version not found: GLIBCXX_3.4.32 of /lib/libstdc++.so.6\n"
        "  flash-attn  flash_attn_2_cuda.so\n"
        "      undefined symbol: c10::Error::what() const\n"
        "  cut  cut.so\n"
        "      whether it loads isn't known: file too short\n"
        "  odd  odd.so\n"
        "      whether it loads isn't known: a broken table\n"
        "  fine  fine/_C.so\n"
        "      code for sm_90\n");
}

TEST_CASE("of many extensions those that fail are shown") {
  Map map;
  for (int number = 0; number < 45; ++number) {
    const auto name = "p" + std::to_string(number);
    auto extension = map.extension(name, name + ".so");
    if (number == 44) extension.set("missing_libraries", facts::string_list({"libx.so"}), "");
  }
  const auto text = map.text();
  CHECK(contains(text, "  p44  p44.so\n      not found: libx.so\n"));
  CHECK(contains(text, "  p38  p38.so\n  and 5 more (--format json lists them)\n"));
  CHECK(!contains(text, "p39"));
  CHECK(map.parsed()["environments"][0]["extensions"].size() == 45);
}

TEST_CASE("each environment has its own libraries, and those of none are left out") {
  Map map;
  map.library("python3.11", "/usr/bin/python3.11", "", "start");
  auto other = map.writer.subject("environment", "/other");
  other.set("torch.version", "2.0.1", "");
  other.set("load.missing", facts::List{}, "");
  other.set("load.undefined", facts::List{}, "");
  map.writer.subject("loaded_library", "libx.so of /gone").set("environment", "/gone", "");
  map.writer.subject("extension", "/gone/y.so").set("environment", "/gone", "");
  CHECK(map.text() ==
        "/venv: torch 2.8.0+cu128, CUDA 12.8\n"
        "  kernels of torch for sm_80 sm_90 compute_90\n"
        "  python3.11  /usr/bin/python3.11  (start)\n"
        "\n"
        "/other: torch 2.0.1\n");
}

TEST_CASE("libraries that need each other in a circle are shown once") {
  Map map;
  map.library("libtorch.so", "a.so", Map::own("b.so"));
  map.library("libtorch_cpu.so", "b.so", Map::own("a.so"));
  map.library("libc10.so", "c.so", Map::own("c.so"));
  map.library("libshm.so", "d.so", "/not/there");
  CHECK(contains(map.text(),
                 "  libtorch.so  a.so  (DT_RPATH)\n"
                 "    libtorch_cpu.so  b.so  (DT_RPATH)\n"
                 "  libc10.so  c.so  (DT_RPATH)\n"
                 "  libshm.so  d.so  (DT_RPATH)\n"));
}

TEST_CASE("deep chains are shown to their end, with an indent that has one") {
  const bool is_shown = GENERATE(true, false);
  constexpr std::size_t kDepth = 1000;
  Map map;
  std::string user;
  for (std::size_t number = 0; number < kDepth; ++number) {
    const auto name = (is_shown ? "libcu" : "libother") + std::to_string(number) + ".so";
    map.library(name, "/lib/" + name, user, "default");
    user = "/lib/" + name;
  }
  const auto text = map.text();
  CHECK(lines_in(text) == (is_shown ? kDepth + 2 : 3));
  CHECK(text.size() < kDepth * 150);
  CHECK(lines_in(map.text(Libraries::all)) == kDepth + 2);
}

TEST_CASE("what was read can't steer the terminal") {
  Map map;
  map.document.target = "a\x1b[2Jb";
  const std::string evil = "\x1b]0;x\x07\r\n\x7f";
  auto library = map.library("libcu" + evil + ".so", "/lib/" + evil, "", evil);
  library.set("version", "1" + evil, "");
  library.set("own_copy", "/own/" + evil, "");
  library.set("lost", facts::string_list({"/lost/" + evil}), "");
  library.set("gpu_code.sass", facts::string_list({evil}), "");
  auto extension = map.extension(evil, evil);
  extension.set("missing_libraries", facts::string_list({evil}), "");
  extension.set("missing_versions", facts::string_list({evil}), "");
  extension.set("undefined.readable", evil, "");
  map.environment.set("torch.version", evil, "");
  map.environment.set("torch.cuda", evil, "");
  map.environment.set("load.missing",
                      facts::List{facts::Map{{"soname", evil}, {"needed_by", evil}, {"reason", evil}}}, "");
  map.environment.set("load.missing_versions", facts::string_list({evil}), "");
  map.environment.unknown("load.undefined", {evil}, "");
  map.writer.subject("environment", "/" + evil).unknown("torch.version", {evil}, "");
  const auto text = map.text(Libraries::all);
  CHECK(std::ranges::none_of(text, [](char character) {
    return character != '\n' && (static_cast<unsigned char>(character) < 0x20 || character == 0x7f);
  }));
  CHECK(map.parsed()["environments"].size() == 2);
}

TEST_CASE("colours, and lines of the terminal's width") {
  auto map = healthy();
  map.environment.set("load.missing_versions",
                      facts::string_list({"GLIBCXX_3.4.32 of /usr/lib/x86_64-linux-gnu/libstdc++.so.6"}), "");
  const auto coloured = map.text(Libraries::all, {report::Colour::on, 100});
  CHECK(
      coloured.starts_with(report::paint("/venv", report::Ink::bold, {report::Colour::on, 100}) + ": torch"));
  CHECK(!contains(map.text(Libraries::all, {report::Colour::off, 100}), "\x1b"));
  CHECK(contains(map.text(Libraries::all, {report::Colour::off, 30}),
                 "  version not found:\n"
                 "  GLIBCXX_3.4.32 of\n"
                 "  /usr/lib/x86_64-linux-gnu/libstdc++.so.6\n"));
}
