#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "doubles/loader_cache_image.hpp"
#include "probe/libraries/known.hpp"
#include "probe/libraries/library_file.hpp"
#include "probe/libraries/machine_code.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace preflight::probe::libraries;
using test::ElfImage;
using test::host_state;
using test::loader_cache_image;
using test::MemoryTree;
using test::run_probe;
using test::state_of;

namespace {

std::string library(const std::string& soname, const std::string& text,
                    std::vector<ElfImage::Part> functions = {}) {
  ElfImage image;
  image.soname = soname;
  image.functions = std::move(functions);
  image.sections = {{".rodata", text + std::string(1, '\0')}};
  return image.bytes();
}

// push rbp; mov rbp, rsp; mov eax, NUMBER; pop rbp; ret
std::string returning(unsigned number) {
  std::string code = "\x55\x48\x89\xe5\xb8";
  for (unsigned place = 0; place < 4; ++place) code += static_cast<char>(number >> 8 * place & 0xffU);
  return code + "\x5d\xc3";
}

std::string driver_image(const std::string& version) {
  return library("libcuda.so.1", "nvidia-application-profiles-" + version + "-rc",
                 {{"cuInit", "\xe8\x01\x02\x03\x04\xc3"}});
}

std::string stub() {
  return library("libcuda.so.1", "", {{"cuInit", returning(34)}});
}

// A libcudart whose cudaRuntimeGetVersion calls the function that stores the number.
std::string cudart(unsigned number) {
  // Functions stand 16 bytes after each other: the call's target is the next one.
  std::string store("\x48\x85\xff\x74\x0b\xc7\x07", 7);
  for (unsigned place = 0; place < 4; ++place) store += static_cast<char>(number >> 8 * place & 0xffU);
  const std::string call("\xe8\x0b\x00\x00\x00\xc3", 6);
  return library("libcudart.so.12", "",
                 {{"cudaRuntimeGetVersion", call}, {"store", store + "\x31\xc0\xc3\x90\x90"}});
}

const facts::Subject& library_at(const facts::Document& document, const std::string& path) {
  for (const auto* subject : document.of_kind("library")) {
    if (subject->id == path) return *subject;
  }
  FAIL("no library " + path);
  return document.host();
}

std::string at(const facts::Document& document, const std::string& path, std::string_view fact) {
  return state_of(library_at(document, path), fact);
}

constexpr const char* kDriverPath = "/usr/lib/x86_64-linux-gnu/libcuda.so.535.104.05";

// A host with a driver in the loader's cache and a toolkit.
MemoryTree host() {
  MemoryTree root;
  root.file(kDriverPath, driver_image("535.104.05"))
      .link("/usr/lib/x86_64-linux-gnu/libcuda.so.1", "libcuda.so.535.104.05")
      .link("/lib", "usr/lib")
      .file("/etc/ld.so.cache",
            loader_cache_image({{"libcuda.so.1", "/lib/x86_64-linux-gnu/libcuda.so.1"},
                                {"libnccl.so.2", "/usr/local/cuda-12.4/lib64/libnccl.so.2"}}))
      .file("/proc/self/environ", "HOME=/root")
      .file("/usr/local/cuda-12.4/lib64/stubs/libcuda.so", stub())
      .file("/usr/local/cuda-12.4/lib64/libnccl.so.2",
            library("libnccl.so.2", "NCCL version 2.19.3+cuda12.4"))
      .file("/usr/local/cuda-12.4/lib64/libcudart.so.12", cudart(12040))
      .link("/usr/local/cuda", "cuda-12.4");
  return root;
}

}  // namespace

TEST_CASE("file names of known libraries") {
  CHECK(library_of_file("libcuda.so.1")->name == "libcuda");
  CHECK(library_of_file("libcuda.so")->name == "libcuda");
  CHECK(library_of_file("libcudart-d0da41ae.so.11.0")->name == "libcudart");
  CHECK(library_of_file("libcudart.7ec1eba6.so.12")->name == "libcudart");
  for (const auto* other : {"libcudnn_ops.so.9", "libcudadebugger.so.1", "libcuda.so.1.bak",
                            "libcudart_static.a", "libcudart-1.so", "", "libnccl.so.x"}) {
    CHECK(library_of_file(other) == nullptr);
  }
  CHECK(version_in_name("libcuda.so.535.104.05") == "535.104.05");
  CHECK(version_in_name("libcuda.so.1") == std::nullopt);
  CHECK(version_in_name("libcuda.so.1.1") == std::nullopt);
}

TEST_CASE("numbers of cuDNN and CUDA are decoded") {
  CHECK(decode_cudnn_version(8907) == "8.9.7");
  CHECK(decode_cudnn_version(7605) == "7.6.5");
  CHECK(decode_cudnn_version(90000) == "9.0.0");
  CHECK(decode_cudnn_version(91002) == "9.10.2");
  CHECK(decode_cudnn_version(100100) == "10.1.0");
  for (const unsigned number : {0U, 34U, 9100U, 80000U, 4'000'000'000U}) CHECK(!decode_cudnn_version(number));
  CHECK(decode_cuda_version(12040) == "12.4");
  CHECK(decode_cuda_version(11080) == "11.8");
  for (const unsigned number : {0U, 34U, 12041U, 1'000'000U}) CHECK(!decode_cuda_version(number));
}

TEST_CASE("machine code gives a constant only in the known shapes") {
  const auto bytes = [](const std::string& code) { return std::as_bytes(std::span(code)); };
  CHECK(returned_constant(bytes(returning(91900))) == 91900U);
  CHECK(returned_constant(bytes("")) == std::nullopt);
  CHECK(returned_constant(bytes("\xb8\x01")) == std::nullopt);
  CHECK(returned_constant(bytes("\xb8\x01\x01\x01\x01\x90\xc3")) == std::nullopt);
  CHECK(stored_constant(bytes("\x48\x85\xff\x74\x0b\xc7\x07\x01\x02\x03")) == std::nullopt);
  CHECK(call_targets(bytes(std::string("\xe8\xfb\xff\xff\xff", 5)), 100) == std::vector<std::uint64_t>{100});
  CHECK(call_targets(bytes("\xe8\x01"), 0).empty());
}

TEST_CASE("the driver that the loader finds, the toolkit's libraries and the stub are told apart") {
  const auto document = run_probe("gpu-libraries", host());
  CHECK(host_state(document, "driver.libcuda_path") == kDriverPath);
  CHECK(host_state(document, "driver.libcuda_kind") == "driver");
  CHECK(host_state(document, "driver.library_version") == "535.104.05");
  CHECK(host_state(document, "libraries") == "4");
  CHECK(at(document, kDriverPath, "found_by") == "ld.so.cache");
  CHECK(at(document, kDriverPath, "search_position") == "0");

  const std::string toolkit = "/usr/local/cuda-12.4/lib64/";
  CHECK(at(document, toolkit + "stubs/libcuda.so", "kind") == "stub");
  CHECK(at(document, toolkit + "stubs/libcuda.so", "version") == "absent");
  CHECK(at(document, toolkit + "stubs/libcuda.so", "search_position") == "absent");
  CHECK(at(document, toolkit + "libnccl.so.2", "version") == "2.19.3");
  CHECK(at(document, toolkit + "libnccl.so.2", "cuda") == "12.4");
  CHECK(at(document, toolkit + "libnccl.so.2", "kind") == "toolkit");
  CHECK(at(document, toolkit + "libnccl.so.2", "soname") == "libnccl.so.2");
  CHECK(at(document, toolkit + "libcudart.so.12", "version") == "12.4");
  CHECK(at(document, toolkit + "libcudart.so.12", "found_by") == "absent");
}

TEST_CASE("LD_LIBRARY_PATH and LD_PRELOAD come before the cache; a stub there hides the driver") {
  auto root = host();
  root.link("/usr/local/cuda-12.4/lib64/stubs/libcuda.so.1", "libcuda.so");
  root.file("/proc/self/environ", "LD_LIBRARY_PATH=:/nowhere:/usr/local/cuda/lib64/stubs:.");
  auto document = run_probe("gpu-libraries", root);
  CHECK(host_state(document, "driver.libcuda_path") == "/usr/local/cuda-12.4/lib64/stubs/libcuda.so");
  CHECK(host_state(document, "driver.libcuda_kind") == "stub");
  CHECK(host_state(document, "driver.library_version") == "535.104.05");
  CHECK(at(document, kDriverPath, "search_position") == "1");

  root.file("/opt/mine/libcuda.so.1", driver_image("550.54.15"));
  root.file("/proc/self/environ", "LD_PRELOAD=/opt/other.so /opt/mine/libcuda.so.1");
  document = run_probe("gpu-libraries", root);
  CHECK(host_state(document, "driver.library_version") == "550.54.15");
  CHECK(at(document, "/opt/mine/libcuda.so.1", "found_by") == "LD_PRELOAD");

  // Files at rest have no process.
  document = run_probe("gpu-libraries", root, probe::SystemState::at_rest);
  CHECK(host_state(document, "driver.libcuda_path") == kDriverPath);
}

TEST_CASE("the name that is meant for linking leads elsewhere, or nowhere") {
  auto root = host();
  const auto unversioned = [&] {
    return host_state(run_probe("gpu-libraries", root), "driver.libcuda_unversioned_path");
  };
  // ldconfig lists a library by its SONAME only.
  CHECK(unversioned() == "absent");
  root.file("/proc/self/environ", "LD_LIBRARY_PATH=/usr/local/cuda-12.4/lib64/stubs");
  CHECK(unversioned() == "/usr/local/cuda-12.4/lib64/stubs/libcuda.so");
  CHECK(host_state(run_probe("gpu-libraries", root), "driver.libcuda_path") == kDriverPath);
  root.file("/usr/lib/wsl/lib/libcuda.so", driver_image("535.104.05"));
  root.file("/proc/self/environ", "LD_LIBRARY_PATH=/usr/lib/wsl/lib");
  CHECK(unversioned() == "/usr/lib/wsl/lib/libcuda.so");
  root.file("/etc/ld.so.cache", "not a cache");
  CHECK(unversioned() == "unreadable");
}

TEST_CASE("what the loader puts into every program") {
  auto root = host();
  const auto preload = [&] { return host_state(run_probe("gpu-libraries", root), "loader.preload"); };
  CHECK(preload() == "");
  root.file("/etc/ld.so.preload", "/usr/local/vgpu/libvgpu.so\n");
  CHECK(preload() == "/usr/local/vgpu/libvgpu.so");
  root.file("/proc/self/environ", "LD_PRELOAD=libjemalloc.so.2");
  CHECK(preload() == "libjemalloc.so.2, /usr/local/vgpu/libvgpu.so");
}

TEST_CASE("a compat libcuda tells the drivers that it may run on") {
  ElfImage image;
  image.soname = "libcuda.so.1";
  image.sections = {{".rodata", "x"}};
  image.notes = {
      {".note.cuda.fwd_compatibility", "NVIDIA Corporation", 1,
       R"({"Format": 1, "CUDA Version": "13.1", "Driver": [535, 550, -1, "x"], "Device": [1, 2]})"}};
  auto root = host();
  const std::string path = "/usr/local/cuda-12.4/compat/libcuda.so.590.44.01";
  root.file(path, image.bytes()).link("/usr/local/cuda-12.4/compat/libcuda.so.1", "libcuda.so.590.44.01");
  auto document = run_probe("gpu-libraries", root);
  CHECK(at(document, path, "kind") == "compat");
  CHECK(at(document, path, "version") == "590.44.01");
  CHECK(library_at(document, path).find("version")->source == "the name of " + path);
  CHECK(at(document, path, "compat.cuda") == "13.1");
  CHECK(at(document, path, "compat.driver_branches") == "535, 550");
  CHECK(at(document, kDriverPath, "compat.cuda") == "absent");

  const std::string of_easybuild = "/apps/software/CUDAcompat/13.1/lib64/libcuda.so.1";
  root.file(of_easybuild, image.bytes());
  root.file("/proc/self/environ", "LD_LIBRARY_PATH=/apps/software/CUDAcompat/13.1/lib64");
  document = run_probe("gpu-libraries", root);
  CHECK(host_state(document, "driver.libcuda_kind") == "compat");

  image.notes.front().description = "no JSON";
  root.file(path, image.bytes());
  document = run_probe("gpu-libraries", root);
  CHECK(at(document, path, "compat.cuda") == "unreadable");
  CHECK(!parse_compat_note("[]"));
  CHECK(parse_compat_note("{}")->driver_branches.empty());
}

TEST_CASE("what is inside counts more than the name of the file") {
  auto root = host();
  root.file(kDriverPath, driver_image("470.256.02"));
  root.file("/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1", library("libnvidia-ml.so.1", "12.535.161.08"));
  root.file("/usr/lib/x86_64-linux-gnu/libnvidia-ptxjitcompiler.so.1",
            library("libnvidia-ptxjitcompiler.so.1", ""));
  const auto document = run_probe("gpu-libraries", root);
  CHECK(at(document, kDriverPath, "version") == "470.256.02");
  CHECK(at(document, "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1", "version") == "535.161.08");
  CHECK(at(document, "/usr/lib/x86_64-linux-gnu/libnvidia-ptxjitcompiler.so.1", "version") == "unreadable");
  CHECK(at(document, "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1", "found_by") == "default");
}

TEST_CASE("cuDNN's version is that of the library beside it") {
  auto root = host();
  const std::string folder = "/usr/lib/x86_64-linux-gnu/";
  root.file(folder + "libcudnn.so.9",
            library("libcudnn.so.9", "", {{"cudnnGetVersion", "\xe8\x01\x02\x03\x04\xc3"}}));
  root.file(folder + "libcudnn_graph.so.9",
            library("libcudnn_graph.so.9", "", {{"cudnnGetVersion", returning(91002)}}));
  CHECK(at(run_probe("gpu-libraries", root), folder + "libcudnn.so.9", "version") == "9.10.2");

  root.file(folder + "libcudnn_graph.so.9", library("libcudnn_graph.so.9", "cudnn_version_9_19_0_56_"));
  CHECK(at(run_probe("gpu-libraries", root), folder + "libcudnn.so.9", "version") == "9.19.0");

  root.fifo(folder + "libcudnn_graph.so.9");
  CHECK(at(run_probe("gpu-libraries", root), folder + "libcudnn.so.9", "version") == "unreadable");
  CHECK(at(run_probe("gpu-libraries", root), folder + "libcudnn.so.9", "kind") == "system");
}

TEST_CASE("without any library the facts are absent; an unreadable search leaves them unknown") {
  MemoryTree root;
  auto document = run_probe("gpu-libraries", root);
  CHECK(host_state(document, "driver.libcuda_path") == "absent");
  CHECK(host_state(document, "driver.library_version") == "absent");
  CHECK(host_state(document, "libraries") == "0");

  auto damaged = host();
  damaged.file("/etc/ld.so.cache", "not a cache");
  document = run_probe("gpu-libraries", damaged);
  CHECK(host_state(document, "driver.libcuda_path") == "unreadable");
  CHECK(host_state(document, "driver.library_version") == "unreadable");
  CHECK(at(document, kDriverPath, "search_position") == "unreadable");
  CHECK(at(document, kDriverPath, "version") == "535.104.05");
}

TEST_CASE("broken, 32-bit and dangling copies cost only themselves") {
  auto root = host();
  const std::string cut = driver_image("535.104.05").substr(0, 100);
  root.file(kDriverPath, cut);
  root.link("/usr/local/cuda-12.4/lib64/libnccl.so", "libnccl.so.2");
  root.link("/usr/local/cuda-12.4/lib64/libcudnn.so.8", "libcudnn.so.8");
  root.fifo("/usr/local/cuda-12.4/lib64/libcudnn.so.9");
  auto document = run_probe("gpu-libraries", root);
  CHECK(host_state(document, "driver.libcuda_path") == kDriverPath);
  CHECK(host_state(document, "driver.libcuda_kind") == "unreadable");
  CHECK(host_state(document, "driver.library_version") == "unreadable");
  CHECK(at(document, kDriverPath, "version") == "unreadable");
  CHECK(at(document, "/usr/local/cuda-12.4/lib64/libnccl.so.2", "version") == "2.19.3");

  ElfImage narrow;
  narrow.layout.width = elf::Width::bits32;
  root.file(kDriverPath, narrow.bytes());
  document = run_probe("gpu-libraries", root);
  CHECK(host_state(document, "driver.libcuda_path") == "absent");
}

TEST_CASE("libraries in the wheels of a Python environment are found below nvidia/*/lib and torch/lib") {
  MemoryTree root;
  const std::string packages = "/opt/venv/lib/python3.11/site-packages/";
  root.file("/opt/venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.11.2\n")
      .file("/opt/venv/bin/python", "x")
      .file(packages + "nvidia/nccl/lib/libnccl.so.2",
            library("libnccl.so.2", "NCCL version 2.20.5+cuda12.4"))
      .file(packages + "nvidia/cu13/lib/libcudart.so.13", cudart(13020))
      .file(packages + "torch/lib/libcudart-d0da41ae.so.11.0", cudart(11080))
      .file("/proc/self/environ", "VIRTUAL_ENV=/opt/venv");
  const auto document = run_probe("gpu-libraries", root);
  CHECK(at(document, packages + "nvidia/nccl/lib/libnccl.so.2", "version") == "2.20.5");
  CHECK(at(document, packages + "nvidia/nccl/lib/libnccl.so.2", "kind") == "python");
  CHECK(at(document, packages + "nvidia/nccl/lib/libnccl.so.2", "search_position") == "absent");
  CHECK(at(document, packages + "nvidia/cu13/lib/libcudart.so.13", "version") == "13.2");
  CHECK(at(document, packages + "torch/lib/libcudart-d0da41ae.so.11.0", "version") == "11.8");
  CHECK(host_state(document, "libraries") == "3");
}
