// Trees made to do harm: always a verdict, in bounded memory, without hanging.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "doubles/gpu_node.hpp"
#include "program.hpp"

using namespace preflight;
using namespace std::string_literals;
using nlohmann::json;
using test::kNodePackages;
using test::metadata_path;
using test::start;

namespace {

struct Node : test::TemporaryDirectory {
  Node() { test::write_gpu_node(*this); }

  void replace_by_link(const std::string& name, const std::string& text) const {
    std::filesystem::remove_all(*this / name);
    link(name, text);
  }
  void replace_by_fifo(const std::string& name) const {
    std::filesystem::remove_all(*this / name);
    REQUIRE(::mkfifo((*this / name).c_str(), 0644) == 0);
  }
  void replace_by_directory(const std::string& name) const {
    std::filesystem::remove_all(*this / name);
    directory(name);
  }
};

struct Checked {
  int status = 0;
  json report;
  std::string text;
};

// `check` in 200 MB; the node's environment is asked for, so that its packages are core.
Checked check(const Node& node, test::User user = test::User::same) {
  const auto outcome =
      start({"check", "--root", node.path().string(), "--env", "/opt/venv", "--format", "json"},
            {.user = user, .memory = std::size_t{200} << 20});
  INFO(outcome.err);
  REQUIRE(outcome.status <= 2);
  return {outcome.status, json::parse(outcome.out), outcome.out};
}

// The fact as the report has it.
json fact(const Checked& checked, const std::string& path) {
  for (const auto& subject : checked.report.at("facts").at("subjects")) {
    const bool wanted = subject.at("kind") == "host" || subject.at("id") == "/opt/venv";
    if (wanted && subject.at("facts").contains(path)) return subject.at("facts").at(path);
  }
  return json();
}

bool is_unreadable(const Checked& checked, const std::string& path) {
  const auto& list = checked.report.at("unreadable");
  return std::any_of(list.begin(), list.end(), [&](const json& one) { return one.at("fact") == path; });
}

const std::string kTorch = metadata_path("torch", "2.2.0");

}  // namespace

TEST_CASE("the node is ready before it is broken") {
  const Node node;
  CHECK(check(node).status == 0);
}

TEST_CASE("METADATA of a gigabyte is not read to its end") {
  const Node node;
  std::filesystem::resize_file(node / metadata_path("numpy", "1.26.4"), std::uintmax_t{1} << 30);
  const auto checked = check(node);
  CHECK(checked.status == 0);
  CHECK(fact(checked, "packages").at("value").at("numpy") == "1.26.4");
}

TEST_CASE("METADATA without an end of line for a gigabyte") {
  const Node node;
  node.file(kTorch);
  std::filesystem::resize_file(node / kTorch, std::uintmax_t{1} << 30);
  const auto checked = check(node);
  CHECK(fact(checked, "packages").at("value").at("torch") == "2.2.0");  // as the directory's name says
}

TEST_CASE("METADATA that is cut off or no text still has its name and version from the directory") {
  const Node node;
  const auto text = GENERATE(as<std::string>{}, "", "Metadata-Ver", "Metadata-Version: 2.1\nName: torch",
                             "\xff\xfe\xff\xfe", std::string(1000, '\0'));
  node.file(kTorch, text);
  const auto checked = check(node);
  CHECK(fact(checked, "packages").at("value").at("torch") == "2.2.0");
}

TEST_CASE("bytes that are no UTF-8 don't reach the report") {
  const Node node;
  test::write_package(node, "strange", "1.0", "Requires-Dist: n\xff\xc0\x80mpy\nRequires-Python: >=\xf5\n");
  node.file("etc/os-release", "ID=ub\0untu\nVERSION_ID=\"\xff\xfe\"\nPRETTY_NAME=\"A\0B\xc3\"\n"s);
  node.file(std::string(kNodePackages) + "/bad\xff-1.0.dist-info/METADATA", "Name: bad\xff\nVersion: 1.0\n");
  node.file("proc/self/environ", "NCCL_DEBUG=\xff\xff\0PATH=/usr/bin:/opt/venv/bin\0"s);
  const auto checked = check(node);  // parsing the report already holds it to UTF-8
  CHECK(checked.status <= 2);
  CHECK(checked.text.find("\xef\xbf\xbd") != std::string::npos);
}

TEST_CASE("files that may not be read are said to be unreadable") {
  const Node node;
  SECTION("the driver's version") {
    ::chmod((node / "proc/driver/nvidia/version").c_str(), 0);
    const auto checked = check(node, test::User::nobody);
    CHECK(is_unreadable(checked, "driver.module_version"));
    CHECK(checked.status == 2);
  }
  SECTION("the packages of the environment that was asked for") {
    ::chmod((node / kNodePackages).c_str(), 0);
    const auto checked = check(node, test::User::nobody);
    CHECK(is_unreadable(checked, "packages"));
    CHECK(checked.status == 2);
    ::chmod((node / kNodePackages).c_str(), 0755);
  }
  SECTION("what isn't core") {
    ::chmod((node / "etc/os-release").c_str(), 0);
    const auto checked = check(node, test::User::nobody);
    CHECK(fact(checked, "os.id").at("unknown") == "Permission denied");
    CHECK(checked.status == 0);
  }
}

TEST_CASE("symbolic links that lead to themselves") {
  const Node node;
  SECTION("site-packages") {
    node.replace_by_link(kNodePackages, "site-packages");
    const auto checked = check(node);  // for Python, too, there is nothing then
    CHECK(fact(checked, "packages").at("value").empty());
    CHECK(fact(checked, "torch.version").at("absent") == true);
  }
  SECTION("a directory inside of itself") {
    node.link(std::string(kNodePackages) + "/again", ".");
    node.link("usr/lib/again", "..");
    CHECK(check(node).status == 0);
  }
  SECTION("os-release") {
    node.replace_by_link("etc/os-release", "../usr/lib/os-release");
    node.link("usr/lib/os-release", "../../etc/os-release");
    CHECK(fact(check(node), "os.id").contains("unknown"));
  }
}

TEST_CASE("links out of the root stay inside it") {
  const Node node;
  const test::TemporaryDirectory outside;
  outside.file("os-release", "ID=outside\n");
  const auto judge = [&] {
    const auto checked = check(node);
    CHECK(!fact(checked, "os.id").contains("value"));
    CHECK(checked.text.find("\"outside\"") == std::string::npos);
  };
  SECTION("relative") {
    node.replace_by_link("etc/os-release", "../../../../../../../../.." + (outside / "os-release"));
    judge();
  }
  SECTION("absolute") {
    node.replace_by_link("etc/os-release", outside / "os-release");
    judge();
  }
  SECTION("a whole directory") {
    node.replace_by_link("etc", outside.path().string());
    judge();
  }
}

TEST_CASE("packages are not taken from outside of the root") {
  const Node node;
  const test::TemporaryDirectory outside;
  outside.file("site-packages/secret-1.0.dist-info/METADATA", "Name: secret\nVersion: 1.0\n");
  node.replace_by_link(std::string(test::kNodeEnvironment) + "/lib/python3.11", outside.path().string());
  CHECK(check(node).text.find("\"secret\"") == std::string::npos);
}

TEST_CASE("a FIFO in a file's place is not waited for") {
  const Node node;
  SECTION("METADATA") {
    node.replace_by_fifo(kTorch);
    CHECK(fact(check(node), "packages").at("value").at("torch") == "2.2.0");
  }
  SECTION("os-release") {
    node.replace_by_fifo("etc/os-release");
    CHECK(fact(check(node), "os.id").contains("unknown"));
  }
  SECTION("the driver's version") {
    node.replace_by_fifo("proc/driver/nvidia/version");
    const auto checked = check(node);
    CHECK(is_unreadable(checked, "driver.module_version"));
    CHECK(checked.status == 2);
  }
  SECTION("a library") {
    node.replace_by_fifo("usr/lib/x86_64-linux-gnu/libcuda.so.535.104.05");
    CHECK(check(node).status <= 2);
  }
}

TEST_CASE("a directory in a file's place, and the reverse") {
  const Node node;
  SECTION("METADATA") {
    node.replace_by_directory(kTorch);
    CHECK(fact(check(node), "packages").at("value").at("torch") == "2.2.0");
  }
  SECTION("the driver's version") {
    node.replace_by_directory("proc/driver/nvidia/version");
    const auto checked = check(node);
    CHECK(is_unreadable(checked, "driver.module_version"));
    CHECK(checked.status == 2);
  }
  SECTION("the list of PCI devices is a file") {
    std::filesystem::remove_all(node / "proc/driver/nvidia/gpus");
    std::filesystem::remove_all(node / "sys/bus/pci/devices");
    node.file("sys/bus/pci/devices", "no directory");
    const auto checked = check(node);
    CHECK(is_unreadable(checked, "gpus"));
    CHECK(checked.status == 2);
  }
  SECTION("the environment is a file") {
    std::filesystem::remove_all(node / test::kNodeEnvironment);
    node.file(test::kNodeEnvironment, "no directory");
    CHECK(check(node).status == 2);
  }
}

TEST_CASE("an empty root has a verdict") {
  const test::TemporaryDirectory empty;
  const auto outcome = start({"check", "--root", empty.path().string()});
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find("no environment found") != std::string::npos);
}
