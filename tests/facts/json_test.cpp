#include "facts/json.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "facts/writer.hpp"

using namespace preflight::facts;

namespace {

Document rich_document() {
  Document document;
  document.target = "this host";
  FactWriter writer(document);
  auto& host = writer.host();
  host.set("driver.module_version", "535.104.05", "/proc/driver/nvidia/version");
  host.set("gpus", 2, "/sys/bus/pci/devices");
  host.set("iommu.enabled", false, "/sys/class/iommu");
  host.set("shm.size", std::int64_t{1} << 40, "statvfs");
  host.set("variables", Map{{"NCCL_DEBUG", "INFO"}, {"PATH", "/usr/bin"}}, "/proc/self/environ");
  host.set(
      "devices.nodes",
      List{Map{{"path", "/dev/nvidia0"}, {"major", 195}, {"minor", 0}, {"mode", "0666"}, {"access", "none"}}},
      "/dev");
  host.absent("container.kind", "/");
  host.unknown("limits.memlock", {"permission denied", Gap::unreadable}, "/proc/self/limits");
  host.unknown("seccomp.mode", {"files at rest show no running system"}, "");
  writer.subject("gpu", "0000:3b:00.0")
      .set("pci_id", "10de:2330", "/sys/bus/pci/devices/0000:3b:00.0/device");
  writer.subject("environment", "/opt/venv").set("packages", Map{{"torch", "2.2.0"}}, "/opt/venv/lib");
  return document;
}

std::string error_of(std::string_view text) {
  const auto read = document_from_json(text);
  return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("a facts document round-trips") {
  const Document document = rich_document();
  for (const int indent : {-1, 2}) {
    const auto read = document_from_json(to_json(document).dump(indent));
    REQUIRE(read);
    CHECK(read->warnings.empty());
    CHECK(read->document == document);
  }
}

TEST_CASE("the form is the documented one") {
  const auto json = to_json(rich_document());
  CHECK(json.begin().key() == "schema");
  CHECK(json.at("schema") == 1);
  const auto& host = json.at("subjects").at(0);
  CHECK(host.at("kind") == "host");
  CHECK(host.at("facts").at("gpus").dump() == R"({"value":2,"source":"/sys/bus/pci/devices"})");
  CHECK(host.at("facts").at("container.kind").dump() == R"({"absent":true,"source":"/"})");
  CHECK(host.at("facts").at("limits.memlock").dump() ==
        R"({"unknown":"permission denied","unreadable":true,"source":"/proc/self/limits"})");
  CHECK(host.at("facts").at("seccomp.mode").dump() ==
        R"({"unknown":"files at rest show no running system"})");
}

TEST_CASE("the facts inside a report are read as well") {
  const auto report = nlohmann::ordered_json{{"verdict", "ready"}, {"facts", to_json(rich_document())}};
  const auto read = document_from_json(report.dump());
  REQUIRE(read);
  CHECK(read->document == rich_document());
}

TEST_CASE("a file of another program or version is told apart") {
  CHECK(error_of("[]") == "not a facts file: an object with schema and subjects is expected");
  CHECK(error_of("{}") == "not a facts file: an object with schema and subjects is expected");
  CHECK(error_of(R"({"schema": 2, "subjects": []})") ==
        "schema: version 2 is newer than this program reads (1)");
  CHECK(error_of(R"({"schema": "1", "subjects": []})") == "schema: a positive integer is expected");
  CHECK(error_of(R"({"schema": 1, "subjects": {}})") == "subjects: a list is expected");
}

TEST_CASE("facts of a newer program are left out with a warning") {
  const auto read = document_from_json(
      R"({"schema": 1, "subjects": [{"kind": "host", "id": "host", "facts": {"moon.phase": {"value": 1}}},
                                    {"kind": "planet", "id": "mars", "facts": {}}]})");
  REQUIRE(read);
  CHECK(read->warnings ==
        std::vector<std::string>{"subjects[0]: fact 'moon.phase' is unknown to this version",
                                 "subjects[1]: subjects of kind 'planet' are unknown to this version"});
}

TEST_CASE("a fact of the wrong form is an error that names it") {
  const auto with_fact = [](const std::string& fact) {
    return error_of(R"({"schema": 1, "subjects": [{"kind": "host", "id": "host", "facts": {"gpus": )" + fact +
                    "}}]}");
  };
  CHECK(with_fact(R"({"value": 2})").empty());
  CHECK(with_fact(R"({"value": "2"})") == "subjects[0] gpus: the value is not of type integer");
  CHECK(with_fact(R"({"value": 2.5})") == "subjects[0] gpus: null and fractions are no values of facts");
  CHECK(with_fact(R"({"value": 18446744073709551615})") ==
        "subjects[0] gpus: an integer of more than 64 bits");
  CHECK(with_fact(R"({"absent": false})") == "subjects[0] gpus: neither value nor absent nor unknown");
  CHECK(with_fact("3") == "subjects[0] gpus: a fact is an object");
  CHECK(error_of(R"({"schema": 1, "subjects": [3]})") == "subjects[0]: a subject is an object");
  CHECK(error_of(R"({"schema": 1, "subjects": [{"kind": "host"}]})") ==
        "subjects[0]: kind, id and facts are required");
}

TEST_CASE("a deeply nested file is an error") {
  CHECK(error_of(std::string(100'000, '[')).find("nested deeper") != std::string::npos);
}
