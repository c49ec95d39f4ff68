#include "catch.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace std::string_literals;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

TEST_CASE("the library that -lcuda stands for") {
  MemoryTree root;
  root.file("/usr/lib/x86_64-linux-gnu/libcuda.so.1", "x");
  CHECK(host_state(run_probe("build-inputs", root), "linker.libcuda") == "absent");
  root.file("/usr/local/cuda/lib64/stubs/libcuda.so", "x");
  CHECK(host_state(run_probe("build-inputs", root), "linker.libcuda") == "absent");
  root.file("/proc/self/environ", "LIBRARY_PATH=relative::/usr/local/cuda/lib64/stubs\0"s);
  CHECK(host_state(run_probe("build-inputs", root), "linker.libcuda") ==
        "/usr/local/cuda/lib64/stubs/libcuda.so");
  root.file("/proc/self/environ", "PATH=/bin\0"s).file("/usr/lib64/libcuda.so", "x");
  CHECK(host_state(run_probe("build-inputs", root), "linker.libcuda") == "/usr/lib64/libcuda.so");
}

TEST_CASE("a libcuda.so beside the one that the loader finds") {
  MemoryTree root;
  root.file("/drivers/libcuda.so.1", "x")
      .file("/drivers/libcuda.so", "x")
      .file("/proc/self/environ", "LD_LIBRARY_PATH=/drivers\0"s);
  CHECK(host_state(run_probe("build-inputs", root), "linker.libcuda") == "/drivers/libcuda.so");
}

TEST_CASE("cuDNN's headers and the version that they state") {
  MemoryTree root;
  CHECK(host_state(run_probe("build-inputs", root), "headers.cudnn") == "absent");
  CHECK(host_state(run_probe("build-inputs", root), "headers.cudnn_version") == "absent");
  root.file("/usr/include/cudnn.h", "#include \"cudnn_version.h\"\n")
      .file("/usr/include/cudnn_version.h",
            "#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 10\n#define CUDNN_PATCHLEVEL 2\n"
            "#define CUDNN_VERSION (CUDNN_MAJOR * 10000)\n");
  CHECK(host_state(run_probe("build-inputs", root), "headers.cudnn") == "/usr/include/cudnn.h");
  CHECK(host_state(run_probe("build-inputs", root), "headers.cudnn_version") == "9.10.2");
  root.file("/opt/cudnn/include/cudnn.h",
            "#define CUDNN_MAJOR 7\n#define CUDNN_MINOR 6\n#define CUDNN_PATCHLEVEL 5\n")
      .file("/proc/self/environ", "CUDNN_PATH=/opt/cudnn\0"s);
  CHECK(host_state(run_probe("build-inputs", root), "headers.cudnn") == "/opt/cudnn/include/cudnn.h");
  CHECK(host_state(run_probe("build-inputs", root), "headers.cudnn_version") == "7.6.5");
  root.file("/opt/cudnn/include/cudnn.h", "\xff#define CUDNN_MAJOR\n");
  CHECK(host_state(run_probe("build-inputs", root), "headers.cudnn_version") == "unreadable");
}
