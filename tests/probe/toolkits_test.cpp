#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "probe/toolkit/toolkit_version.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace preflight::probe::toolkit;
using test::host_state;
using test::MemoryTree;
using test::run_probe;
using test::state_of;

namespace {

std::string compiler(const std::string& text) {
  test::ElfImage image;
  image.type = 2;
  image.sections = {{".rodata", text + std::string(1, '\0')}};
  return image.bytes();
}

std::string at_toolkit(const facts::Document& document, const std::string& directory, std::string_view fact) {
  for (const auto* subject : document.of_kind("toolkit")) {
    if (subject->id == directory) return state_of(*subject, fact);
  }
  return "no toolkit";
}

}  // namespace

TEST_CASE("versions in the files of a toolkit") {
  CHECK(*version_of_json(R"({"cuda": {"name": "CUDA SDK", "version": "12.4.1"}})") == "12.4.1");
  for (const auto* text : {"", "[]", "{}", "{\"cuda\": 1}", "{\"cuda\": {\"version\": 12}}",
                           "{\"cuda\": {\"version\": \"new\"}}"}) {
    CHECK(!version_of_json(text));
  }
  CHECK(version_of_text("CUDA Version 10.1.243\n") == "10.1.243");
  CHECK(version_of_text("CUDA Version next") == std::nullopt);
  CHECK(version_of_header("/* x */\n#define CUDA_VERSION 12040\n") == "12.4");
  CHECK(version_of_header("#define CUDA_VERSION 99999999999999999999\n") == std::nullopt);
  CHECK(version_of_header("#define CUDA_VERSION\n") == std::nullopt);
  CHECK(version_of_header("\xff\xfe") == std::nullopt);
}

TEST_CASE("toolkits are found once, with the links that lead to them") {
  MemoryTree root;
  root.file("/usr/local/cuda-12.4/version.json", R"({"cuda": {"version": "12.4.1"}})")
      .file("/usr/local/cuda-12.4/bin/nvcc", compiler("Cuda compilation tools, release 12.4, V12.4.131"))
      .link("/usr/local/cuda", "/etc/alternatives/cuda")
      .link("/etc/alternatives/cuda", "/usr/local/cuda-12.4")
      .file("/usr/local/cuda-10.0/version.txt", "CUDA Version 10.0.130\n")
      .file("/usr/local/cuda-13.0/compat/libcuda.so.1", "x")
      .file("/opt/cuda/include/cuda.h", "#define CUDA_VERSION 13000\n")
      .file("/data/cuda/include/cuda.h", "#define CUDA_VERSION 11080\n")
      .file("/proc/self/environ", "CUDA_HOME=/data/cuda")
      .link("/usr/local/cuda-loop", "cuda-loop");
  const auto document = run_probe("toolkits", root);
  CHECK(host_state(document, "toolkits") == "4");
  CHECK(at_toolkit(document, "/usr/local/cuda-12.4", "version") == "12.4.1");
  CHECK(at_toolkit(document, "/usr/local/cuda-12.4", "nvcc_version") == "12.4.131");
  CHECK(at_toolkit(document, "/usr/local/cuda-12.4", "linked") == "/usr/local/cuda");
  CHECK(at_toolkit(document, "/usr/local/cuda-10.0", "version") == "10.0.130");
  CHECK(at_toolkit(document, "/usr/local/cuda-10.0", "nvcc_version") == "absent");
  CHECK(at_toolkit(document, "/opt/cuda", "version") == "13.0");
  CHECK(at_toolkit(document, "/data/cuda", "version") == "11.8");
  CHECK(at_toolkit(document, "/usr/local/cuda-13.0", "version") == "no toolkit");

  CHECK(host_state(run_probe("toolkits", root, probe::SystemState::at_rest), "toolkits") == "3");
}

TEST_CASE("Debian's toolkit lives in /usr") {
  MemoryTree root;
  root.file("/usr/lib/cuda/version.txt", "CUDA Version 11.8.89\n")
      .file("/usr/lib/nvidia-cuda-toolkit/bin/nvcc",
            compiler("Cuda compilation tools, release 11.8, V11.8.89"));
  const auto document = run_probe("toolkits", root);
  CHECK(at_toolkit(document, "/usr/lib/cuda", "version") == "11.8.89");
  CHECK(at_toolkit(document, "/usr/lib/cuda", "nvcc_version") == "11.8.89");
}

TEST_CASE("damaged toolkits are unknown") {
  MemoryTree root;
  root.file("/usr/local/cuda-1/version.json", "{")
      .file("/usr/local/cuda-1/bin/nvcc", "#!/bin/sh\nexec nvcc\n");
  root.file("/usr/local/cuda-2/bin/nvcc", compiler("Cuda compilation tools, release x"));
  root.fifo("/usr/local/cuda-2/include/cuda.h");
  root.file("/usr/local/cuda-3/version.json", "{}")
      .fail("/usr/local/cuda-3/version.json", {ErrorKind::io, "I/O error"});
  const auto document = run_probe("toolkits", root);
  CHECK(at_toolkit(document, "/usr/local/cuda-1", "version") == "unreadable");
  CHECK(at_toolkit(document, "/usr/local/cuda-1", "nvcc_version") == "unreadable");
  CHECK(at_toolkit(document, "/usr/local/cuda-2", "version") == "unreadable");
  CHECK(at_toolkit(document, "/usr/local/cuda-2", "nvcc_version") == "unreadable");
  CHECK(at_toolkit(document, "/usr/local/cuda-3", "version") == "unreadable");
  CHECK(host_state(document, "toolkits") == "3");

  root.fail("/usr/local", {ErrorKind::not_permitted, "permission denied"});
  CHECK(host_state(run_probe("toolkits", root), "toolkits") == "unreadable");
}

TEST_CASE("the toolkit that builds take") {
  using namespace std::string_literals;
  MemoryTree root;
  for (const auto* const directory : {"/usr/local/cuda-12.4", "/usr/local/cuda-13.0", "/data/cuda"}) {
    root.file(std::string(directory) + "/include/cuda.h", "#define CUDA_VERSION 12040\n")
        .program(std::string(directory) + "/bin/nvcc");
  }
  root.link("/usr/local/cuda", "cuda-13.0");
  const auto chosen = [&](const std::string& variables) {
    root.file("/proc/self/environ", variables);
    const auto document = run_probe("toolkits", root);
    std::string found;
    for (const auto* subject : document.of_kind("toolkit")) {
      if (state_of(*subject, "chosen") == "true") found += subject->id;
    }
    return found;
  };
  CHECK(chosen("PATH=/usr/bin\0"s) == "/usr/local/cuda-13.0");
  CHECK(chosen("PATH=/usr/bin:/usr/local/cuda-12.4/bin\0"s) == "/usr/local/cuda-12.4");
  CHECK(chosen("PATH=/usr/local/cuda-12.4/bin\0CUDA_HOME=/usr/local/cuda\0"s) == "/usr/local/cuda-13.0");
  CHECK(chosen("PATH=/usr/bin\0CUDA_PATH=/data/cuda\0"s) == "/data/cuda");
  CHECK(chosen("PATH=/data/cuda/bin\0CUDA_HOME=\0"s) == "/data/cuda");
  CHECK(chosen("CUDA_HOME=/nowhere\0"s).empty());

  root.program("/usr/lib/nvidia-cuda-toolkit/bin/nvcc")
      .link("/usr/bin/nvcc", "../lib/nvidia-cuda-toolkit/bin/nvcc")
      .directory("/usr/lib/cuda");
  CHECK(chosen("PATH=/usr/bin\0"s) == "/usr/lib/cuda");
}
