#include "collect_env/parse.hpp"

#include <random>
#include <string>

#include "catch.hpp"
#include "rendering.hpp"

using namespace preflight;
using namespace preflight::collect_env;

namespace {

constexpr std::string_view kLinux =
    "OS: Ubuntu 22.04.3 LTS (x86_64)\n"
    "Python version: 3.10.12 (main, Nov 20 2023, 15:14:05) [GCC 11.4.0] (64-bit runtime)\n"
    "Python platform: Linux-5.15.0-88-generic-x86_64-with-glibc2.35\n";

facts::Document parsed(std::string_view text) {
  auto document = parse_collect_env(text);
  REQUIRE(document);
  return *document;
}

facts::Subject environment(std::string_view text) {
  return *parsed(text).of_kind("environment").at(0);
}

bool unknown(const facts::Subject& subject, std::string_view path) {
  const auto* fact = subject.find(path);
  return fact == nullptr || fact->unknown() != nullptr;
}

}  // namespace

TEST_CASE("a text without a dump is an error that says what was expected") {
  const auto* const text = GENERATE("", "\n\n", "hello\n", "OS: Linux\nPython version: 3.8\n",
                                    "PyTorch version 2.0\n", "{\"schema\": 1}");
  const auto document = parse_collect_env(text);
  REQUIRE_FALSE(document);
  CHECK(document.error().kind == ErrorKind::malformed);
  CHECK(document.error().message.find("PyTorch version: 2.2.0") != std::string::npos);
}

TEST_CASE("a text beyond the limit is refused") {
  const std::string text = "PyTorch version: 2.2.0\n" + std::string(kMostBytes, 'x');
  const auto document = parse_collect_env(text);
  REQUIRE_FALSE(document);
  CHECK(document.error().kind == ErrorKind::too_large);
}

TEST_CASE("texts at the limit are read: one line, blank lines, short lines, quotes, escapes") {
  const auto* const piece =
      GENERATE("x", "\n", "x\n", "> ", "\x1B[1m", "[pip3] a==1\n", "GPU 0: A\n", "[conda] a 1\n", "A=1\n");
  std::string text = "PyTorch version: 2.2.0\nGPU models and configuration:\nGPU Topology:\n";
  while (text.size() + std::string_view(piece).size() <= kMostBytes) text += piece;
  CHECK(environment(text).find("torch.version") != nullptr);
}

TEST_CASE("endless lists of files and devices are bounded") {
  std::string text = "PyTorch version: 2.2.0\ncuDNN version: Probably one of the following:\n";
  for (int number = 0; number < 20'000; ++number)
    text += "/" + std::to_string(number) + "/libcudnn.so.9.1.0\n";
  text += "GPU Topology:\n";
  for (int number = 0; number < 20'000; ++number)
    text += "NIC" + std::to_string(number) + ": n" + std::to_string(number) + "\n";
  CHECK(parsed(text).subjects.size() < 1000);
}

TEST_CASE("bytes at random never crash, and text stays valid") {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same bytes each time
  for (int round = 0; round < 300; ++round) {
    std::string text = "PyTorch version: 2.2.0\nOS: ";
    for (int size = 0; size < 200; ++size) text += static_cast<char>(random());
    text += "\nGPU models and configuration:\nGPU 0: \xFF\xFE\n\nNvidia driver version: \0 1\n";
    const auto document = parse_collect_env(text);
    REQUIRE(document);
    CHECK(document->of_kind("environment")[0]->text("torch.version") != nullptr);
  }
}

TEST_CASE("of several dumps the fullest is read, and the first of equals") {
  const std::string before = "PyTorch version: 1.0\n\n";
  const std::string one =
      "Collecting environment information...\nPyTorch version: 2.2.0\nIs debug build: False\n" +
      std::string(kLinux) + "\n";
  std::string two = one;
  two.replace(two.find("2.2.0"), 5, "2.3.0");
  CHECK(*environment(before + one).text("torch.version") == "2.2.0");
  CHECK(*environment(one + two).text("torch.version") == "2.2.0");
  CHECK(*environment("OS: Linux\n" + one).text("torch.version") == "2.2.0");
  CHECK(*parsed("OS: Linux\n" + one).host().text("os.name") == "Ubuntu 22.04.3 LTS");
  CHECK(render(parsed(one + one)) == render(parsed(one)));
}

TEST_CASE("a dump twice over gives the same facts as once") {
  const std::string headed =
      "System Info\nOS   : Ubuntu 22.04.3 LTS (x86_64)\nPyTorch Info\nPyTorch version   : 2.2.0\n"
      "GPU models and configuration : GPU 0: NVIDIA H20\nNvidia driver version : 550.54.15\n";
  CHECK(render(parsed(headed + headed)) == render(parsed(headed)));
}

TEST_CASE("what is not collected is unknown, and a build without CUDA is absent") {
  const auto none = environment("PyTorch version: 2.2.0\nCUDA used to build PyTorch: None\n");
  CHECK(none.find("torch.cuda")->absent());
  CHECK(none.find("torch.variant") == nullptr);  // the line on ROCm may have been cut off
  const auto not_importable = environment("PyTorch version: N/A\nCUDA used to build PyTorch: N/A\n");
  CHECK(unknown(not_importable, "torch.version"));
  CHECK(unknown(not_importable, "torch.cuda"));
  const auto host = parsed(
                        "PyTorch version: 2.2.0\nGPU models and configuration: Could not collect\n"
                        "Nvidia driver version: Could not collect\ncuDNN version: Could not collect\n")
                        .host();
  CHECK(unknown(host, "gpus"));
  CHECK(unknown(host, "driver.module_version"));
}

TEST_CASE("pip tells torch's version where torch could not be imported") {
  CHECK(*environment("PyTorch version: N/A\n[pip3] torch==2.2.0\n[conda] Could not collect\n")
             .text("torch.version") == "2.2.0");
}

TEST_CASE("the driver is recorded for Linux only") {
  const std::string driver = "CUDA runtime version: 12.1.105\nNvidia driver version: 535.104.05\n";
  CHECK(*parsed(std::string(kLinux) + driver).host().text("driver.module_version") == "535.104.05");
  CHECK(unknown(parsed(driver).host(), "driver.module_version"));
  CHECK(unknown(parsed("Python platform: Windows-10-10.0.19041-SP0\n" + driver).host(),
                "driver.module_version"));
  CHECK(
      unknown(parsed("Python platform: Linux-4.4.0-19041-Microsoft-x86_64-with-glibc2.29\n" + driver).host(),
              "driver.module_version"));
}

TEST_CASE("one driver line for each GPU counts when all agree") {
  const std::string begin = std::string(kLinux) + "Nvidia driver version: \n";
  const std::string end = "\ncuDNN version: Could not collect\n";
  CHECK(*parsed(begin + "390.30\n390.30\n" + end).host().text("driver.module_version") == "390.30");
  CHECK(unknown(parsed(begin + "390.30\n396.26\n" + end).host(), "driver.module_version"));
  CHECK(unknown(parsed(begin + "390.30\n").host(), "driver.module_version"));
}

TEST_CASE("GPUs are counted only from a list that is whole") {
  const std::string begin = std::string(kLinux) + "GPU models and configuration: \n";
  const std::string end = "Nvidia driver version: 535.104.05\n";
  const auto count = [&](const std::string& lines) {
    const auto document = parsed(begin + lines + end);
    const auto* number = document.host().integer("gpus");
    return number == nullptr ? -1 : *number;
  };
  CHECK(count("GPU 0: NVIDIA H100 80GB HBM3\nGPU 1: NVIDIA H100 80GB HBM3\n\n") == 2);
  CHECK(count("GPU 0: NVIDIA H100 80GB HBM3\n\nGPU 1: NVIDIA H100 80GB HBM3\n\n") == 2);
  CHECK(count("GPU 0: NVIDIA A100\n  MIG 1g.5gb Device 0:\nGPU 1: NVIDIA A100\n\n") == 2);
  CHECK(count("GPU 0: NVIDIA A100\n...\nGPU 7: NVIDIA A100\n\n") == -1);
  CHECK(count("GPU 0: NVIDIA A100\nGPU 7: NVIDIA A100\n\n") == -1);
  CHECK(count("GPU 0: NVIDIA A100\nUnable to determine the device handle for GPU 0000:3B:00.0\n\n") == -1);
  CHECK(count("") == -1);
}

TEST_CASE("the name of a GPU that is wrapped is left out, and its UUID, too") {
  const auto wrapped = parsed(std::string(kLinux) +
                              "GPU models and configuration: GPU 0: NVIDIA RTX 6000\n"
                              "Ada Generation\nNvidia driver version: 535.104.05\n");
  REQUIRE(wrapped.of_kind("gpu").size() == 1);
  CHECK(wrapped.of_kind("gpu")[0]->find("name") == nullptr);
  const auto with_uuid = parsed(
      "GPU models and configuration: GPU 0: Tesla T4 (UUID: GPU-1-2)\n"
      "Nvidia driver version: 1\n");
  CHECK(*with_uuid.of_kind("gpu")[0]->text("name") == "Tesla T4");
}

TEST_CASE("the forms in which pip prints packages") {
  const auto map = *environment(
                        "PyTorch version: 0.4.1\n"
                        "[pip] numpy (1.14.5)\n"
                        "[pip] Torch_Vision==0.2.1\n"
                        "[pip] torch @ https://user:secret@host/torch.whl\n"
                        "[pip] -e git+https://token@host/x.git#egg=triton&subdirectory=python\n"
                        "[pip] just words\n"
                        "[conda] Could not collect\n")
                        .map("packages");
  CHECK(facts::to_text(map) ==
        "numpy=1.14.5, torch=(no version in the dump), torch-vision=0.2.1, triton=(no version in the dump)");
}

TEST_CASE("packages are unknown when the list may go on or was not made") {
  const std::string begin = "PyTorch version: 2.2.0\n";
  CHECK(unknown(environment(begin), "packages"));
  CHECK(unknown(environment(begin + "[pip3] torch==2.2.0\n"), "packages"));
  CHECK(unknown(environment(begin + "[pip3] torch==2.2.0\n\n"), "packages"));
  CHECK(unknown(environment(begin + "[pip3] torch==2.2.0\n[pi"), "packages"));
  CHECK(unknown(environment(begin + "[pip3] Could not collect\n[conda] Could not collect\n"), "packages"));
  CHECK(environment(begin + "[pip3] No relevant packages\n[conda] Could not collect\n")
            .map("packages")
            ->empty());
  CHECK(environment(begin + "[pip3] torch==2.2.0\n[conda] Cou").map("packages")->size() == 1);
}

TEST_CASE("glibc is believed from Python 3.8 on") {
  const std::string libc = "PyTorch version: 1.8.0\nLibc version: glibc-2.31\n";
  CHECK(*parsed(libc + "Python version: 3.8 (64-bit runtime)\n").host().text("libc.version") == "2.31");
  CHECK(unknown(parsed(libc + "Python version: 3.7 (64-bit runtime)\n").host(), "libc.version"));
  CHECK(unknown(parsed(libc).host(), "libc.version"));
}

TEST_CASE("interpreters") {
  const auto python = [](const std::string& text) {
    return environment("PyTorch version: 2.2.0\nPython version: " + text + "\n");
  };
  CHECK(
      *python("3.12.0+ (heads/3.12:abc, Oct 1 2023) [GCC 11.4.0] (64-bit runtime)").text("python.version") ==
      "3.12.0");
  CHECK(*python("3.14.0rc1 (main) [GCC 11.4.0] (64-bit runtime)").text("python.version") == "3.14.0rc1");
  CHECK(*python("3.9.18 (9c4f8ef1, Jan 1 2024) [PyPy 7.3.15 with GCC 10.2.1] (64-bit runtime)")
             .text("python.implementation") == "pypy");
  CHECK(unknown(python("3.7"), "python.version"));
  CHECK(unknown(python("three"), "python.version"));
}

TEST_CASE("builds for XPU are not taken for CPU builds") {
  const std::string begin =
      "PyTorch version: 2.7.0\nCUDA used to build PyTorch: None\nROCM used to build PyTorch: N/A\n";
  const std::string end = "[pip3] torch==2.7.0\n[conda] Could not collect\n";
  CHECK(*environment(begin + end).text("torch.variant") == "cpu");
  CHECK(*environment(begin + "XPU used to build PyTorch: 20250000\n" + end).text("torch.variant") == "xpu");
  CHECK(environment("PyTorch version: 2.5.0+xpu\nCUDA used to build PyTorch: None\n" + end)
            .find("torch.variant") == nullptr);
}

TEST_CASE("variables end with their section, and a wrapped one is left out") {
  const auto host = parsed(
                        "PyTorch version: 2.2.0\nGPU Topology:\nGPU0 CPU Affinity\nLegend:\n  X    = Self\n\n"
                        "NCCL_DEBUG=INFO\nSECRET=1\nCUDA_HOME=/usr/local/cuda\n"
                        "NVIDIA_REQUIRE_CUDA=cuda>=12.1 brand=tesla,driver>=470,\ndriver<471 brand=unknown\n"
                        "CUDA_VISIBLE_DEVICES=0 python train.py\n")
                        .host();
  CHECK(facts::to_text(*host.map("variables")) == "CUDA_HOME=/usr/local/cuda, NCCL_DEBUG=INFO");
  const auto after = parsed(
      "PyTorch version: 2.2.0\nGPU Topology:\nCould not collect\n```\nCUDA_VISIBLE_DEVICES=0 python x\n");
  CHECK(after.host().map("variables") == nullptr);
}

TEST_CASE("hashed names of the cuDNN that wheels brought") {
  const auto document = parsed(
      "PyTorch version: 1.0.0\ncuDNN version: Probably one of the following:\n"
      "/usr/local/lib/python2.7/dist-packages/torch/lib/libcudnn-900fef33.so.7.0.5\n"
      "/usr/lib/libcudnn_static.a\n");
  REQUIRE(document.of_kind("library").size() == 1);
  CHECK(*document.of_kind("library")[0]->text("version") == "7.0.5");
  CHECK(*document.of_kind("library")[0]->text("kind") == "python");
}
