// What a worker hands over is held to what it may say.
#include "live/parts.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "facts/json.hpp"
#include "facts/writer.hpp"
#include "live/answer.hpp"
#include "live/live.hpp"

using namespace preflight;

namespace {

std::string part_with(const std::string& kind, const std::string& id, const std::string& path) {
  facts::Document document;
  document.subject(kind, id).facts.emplace(path, facts::known(1, "test"));
  return facts::to_json(document).dump();
}

}  // namespace

TEST_CASE("PCI addresses are brought to the form of sysfs") {
  CHECK(live::pci_address("00000000:3B:00.0") == "0000:3b:00.0");
  CHECK(live::pci_address("0000:3b:00.0") == "0000:3b:00.0");
  CHECK(live::pci_address("00010000:01:00.0") == "10000:01:00.0");
  CHECK(live::pci_address("ABCD:01:1F.7") == "abcd:01:1f.7");
  for (const auto* const wrong : {"", "3b:00.0", "0000:3b:00", "0000:3g:00.0", "0000-3b:00.0",
                                  "000000000:3b:00.0", "0000:3b:00.0 ", "\xA5\xA5\xA5\xA5:3b:00.0"}) {
    INFO(wrong);
    CHECK(live::pci_address(wrong).empty());
  }
}

TEST_CASE("facts of a worker are added to the subject that they belong to") {
  facts::Document document;
  facts::SubjectWriter(document, "gpu", "0000:3b:00.0").set("name", "x", "PCI");
  REQUIRE(live::add_part(part_with("gpu", "0000:3b:00.0", "nvml.index"), "nvml.", document));
  REQUIRE(live::add_part(part_with("host", "host", "nvml.gpus"), "nvml.", document));
  REQUIRE(document.of_kind("gpu").size() == 1);
  CHECK(document.of_kind("gpu").front()->facts.size() == 2);
  CHECK(*document.host().integer("nvml.gpus") == 1);
}

TEST_CASE("what a worker has no say in is malformed") {
  facts::Document document;
  const facts::Document before = document;
  for (const auto& part :
       {std::string("\xA5\xA5"), std::string("{}"), std::string(R"({"schema": 1, "subjects": 3})"),
        part_with("host", "host", "gpus"), part_with("host", "host", "cuda_driver.gpus"),
        part_with("gpu", "GPU 0", "nvml.index"), part_with("gpu", "0000:3b:00.0", "minor"),
        part_with("toolkit", "/usr/local/cuda", "nvml.index"), part_with("host", "host", "nvml.none"),
        part_with("host", "host", "nvml.library")}) {
    INFO(part);
    CHECK_FALSE(live::add_part(part, "nvml.", document));
    CHECK(document == before);
  }
}

TEST_CASE("compute modes are put into words") {
  CHECK(live::compute_mode_text(3) == "exclusive_process");
  CHECK(live::compute_mode_text(-1).empty());
  CHECK(live::compute_mode_text(4).empty());
}

TEST_CASE("facts of a driver that is not asked are unknown, and no gap") {
  facts::Document document;
  facts::SubjectWriter(document, "gpu", "0000:3b:00.0").set("name", "x", "PCI");
  live::leave_out("it was not to be asked", document);
  const auto* init = document.host().find("cuda_driver.init");
  REQUIRE(init != nullptr);
  REQUIRE(init->unknown() != nullptr);
  CHECK(init->unknown()->gap == facts::Gap::not_observable);
  CHECK(document.of_kind("gpu").front()->find("nvml.memory.free")->unknown() != nullptr);
}
