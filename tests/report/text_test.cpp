#include "report/text.hpp"

#include "catch.hpp"
#include "facts/writer.hpp"

using namespace preflight;
using report::Detail;
using report::Style;
using rules::Severity;

namespace {

facts::Document node() {
  facts::Document document;
  document.target = "this host";
  facts::FactWriter writer(document);
  auto& host = writer.host();
  host.set("driver.module_version", "535.104.05", "/proc/driver/nvidia/version");
  host.set("driver.module_flavour", "open", "/proc/driver/nvidia/version");
  host.set("driver.library_version", "535.104.05", "/usr/lib/libcuda.so.1");
  host.set("driver.libcuda_kind", "driver", "/usr/lib/libcuda.so.1");
  host.set("gpus", 2, "/sys/bus/pci/devices");
  for (const auto* id : {"0000:3b:00.0", "0000:5e:00.0"}) {
    auto gpu = writer.subject("gpu", id);
    gpu.set("name", "NVIDIA H100 80GB HBM3", "/proc");
    gpu.set("model.compute_capability", "9.0", "table");
  }
  auto environment = writer.subject("environment", "/opt/venv");
  environment.set("prefix", "/opt/venv", "");
  environment.set("active", true, "");
  environment.set("python.version", "3.11.5", "");
  environment.set("torch.version", "2.2.0", "");
  environment.set("torch.cuda", "12.1", "");
  auto nccl = writer.subject("library", "/opt/venv/lib/libnccl.so.2");
  nccl.set("name", "libnccl", "");
  nccl.set("version", "2.19.3", "");
  return document;
}

rules::Finding finding(const std::string& rule, const std::string& title) {
  return {rule,
          "one-cause",
          Severity::error,
          {"environment", "/opt/venv"},
          title,
          "Why so.",
          {"pip install x"},
          {{{"environment", "/opt/venv"}, "torch.version", "2.2.0", "/opt/venv/version.py"}},
          {"https://example.org"}};
}

std::string text_of(const rules::Judgement& judged, const Style& style = {}, Detail detail = Detail::full) {
  return report::to_text(report::make_report(node(), judged, {}), style, detail);
}

}  // namespace

TEST_CASE("a healthy node in a few lines") {
  CHECK(text_of({}) ==
        "READY: nothing found on this host\n"
        "\n"
        "Stack\n"
        "  GPUs    2 x NVIDIA H100 80GB HBM3 (compute capability 9.0)\n"
        "  driver  535.104.05, open kernel module, libcuda 535.104.05\n"
        "  CUDA    no toolkit found\n"
        "  Python  3.11.5 in /opt/venv (active)\n"
        "  torch   2.2.0, built for CUDA 12.1\n"
        "  NCCL    2.19.3\n");
}

TEST_CASE("the stack names the libraries that are loaded, and where they aren't the environment's own") {
  auto document = node();
  facts::FactWriter writer(document);
  const auto loaded = [&](const std::string& name, const std::string& environment, bool own) {
    auto library = writer.subject("loaded_library", name + ".so of " + environment);
    library.set("environment", environment, "");
    library.set("name", name, "");
    library.set("path", "/usr/local/cuda/lib64/" + name + ".so", "");
    library.set("own", own, "");
    return library;
  };
  const auto text = [&] { return report::to_text(report::make_report(document, {}, {}), {}, Detail::full); };
  loaded("libnccl", "/other", true).set("version", "2.0", "");
  loaded("libcudnn_ops", "/opt/venv", true).set("version", "1.0", "");
  CHECK(text().ends_with("  NCCL    2.19.3\n"));
  auto nccl = loaded("libnccl", "/opt/venv", true);
  nccl.set("version", "2.21.5", "");
  CHECK(text().ends_with("  NCCL    2.21.5\n"));
  nccl.set("own", false, "");
  loaded("libcudnn", "/opt/venv", false).unknown("version", {"no text names it"}, "");
  CHECK(
      text().ends_with("  NCCL    2.21.5 from /usr/local/cuda/lib64/libnccl.so\n"
                       "  cuDNN   unknown version from /usr/local/cuda/lib64/libcudnn.so\n"));
}

TEST_CASE("a cause is told once, with everything that a tired person needs") {
  const auto text = text_of({{finding("first", "It breaks"), finding("second", "It breaks, too")}, {}, 2});
  CHECK(
      text.starts_with("NOT READY: 2 errors on this host\n"
                       "\n"
                       "error: It breaks\n"
                       "  Why so.\n"
                       "    torch.version = 2.2.0  (/opt/venv/version.py)\n"
                       "  fix: pip install x\n"
                       "  [first] environment /opt/venv\n"
                       "  also: It breaks, too  [second]\n"
                       "\n"
                       "Stack\n"));
  const auto brief = text_of({{finding("first", "It breaks")}, {}, 1}, {}, Detail::brief);
  CHECK(brief ==
        "NOT READY: 1 error on this host\n\nerror: It breaks\n  fix: pip install x\n  [first] environment "
        "/opt/venv\n");
}

TEST_CASE("what could not be decided is told by what was missing") {
  const rules::Undecided one = {"one", Severity::error, {{"host", "host"}}, {{"limits.memlock", "not set"}}};
  const rules::Undecided two = {"two", Severity::note, {{"host", "host"}}, {{"limits.memlock", "not set"}}};
  const auto text = text_of({{}, {one, two}, 2});
  CHECK(text.find("\nCould not be decided: 2 rules (--format json lists them)\n"
                  "  2 rules for want of limits.memlock: not set\n") != std::string::npos);
}

TEST_CASE("colours are there only when asked for, and hostile text cannot bring its own") {
  auto hostile = finding("rule", "Title \x1b[2J\r\nnext");
  hostile.why = std::string("a\x07 b") + '\x7f';
  const auto plain = text_of({{hostile}, {}, 1});
  CHECK(plain.find('\x1b') == std::string::npos);
  CHECK(plain.find('\x07') == std::string::npos);
  CHECK(plain.find("error: Title [2J next\n") != std::string::npos);
  CHECK(text_of({{hostile}, {}, 1}, {report::Colour::on, 80}).find("\x1b[1;31merror\x1b[0m: ") !=
        std::string::npos);
}

TEST_CASE("text is wrapped by columns") {
  CHECK(report::wrap("aa bb cc", 2, 7) == "  aa bb\n  cc\n");
  CHECK(report::wrap("a_very_long_word b", 2, 8) == "  a_very_long_word\n  b\n");
  CHECK(report::wrap("\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9", 0, 5) == "\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9\n");
  CHECK(report::wrap("", 2, 8).empty());
}

TEST_CASE("sizes for people") {
  CHECK(report::bytes_text(512) == "512 bytes");
  CHECK(report::bytes_text(64 << 20) == "64.0 MiB");
  CHECK(report::bytes_text(std::int64_t{3} << 39) == "1.5 TiB");
}

TEST_CASE("a machine without NVIDIA hardware is said to be one") {
  facts::Document document;
  document.target = "this host";
  facts::FactWriter writer(document);
  writer.host().set("gpus", 0, "/sys/bus/pci/devices");
  writer.host().absent("driver.module_version", "/proc/driver/nvidia/version");
  writer.host().absent("driver.library_version", "loader search");
  writer.host().set("environments", 0, "/");
  const auto text = report::to_text(report::make_report(document, {}, {}), {}, Detail::full);
  CHECK(text ==
        "READY: nothing found on this host\n"
        "\n"
        "Stack\n"
        "  GPUs    none found\n"
        "  driver  kernel module not loaded, no libcuda found\n"
        "  CUDA    no toolkit found\n"
        "  Python  no environment found\n");
}

TEST_CASE("a count that makes no sense is printed as it was read") {
  facts::Document document;
  facts::FactWriter writer(document);
  auto test = writer.subject("smoke_test", "smoke test");
  test.set("outcome", "passed", "");
  test.set("world_size", -1, "");
  const auto text = report::to_text(report::make_report(document, {}, {}), Style{}, Detail::full);
  CAPTURE(text);
  CHECK(text.find("-1 ranks") != std::string::npos);
}
