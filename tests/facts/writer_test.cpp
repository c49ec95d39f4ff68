#include "facts/writer.hpp"

#include "catch.hpp"

using namespace preflight::facts;

TEST_CASE("facts are written with their provenance") {
  Document document;
  FactWriter writer(document);
  writer.host().set("driver.module_version", "535.104.05", "/proc/driver/nvidia/version");
  writer.subject("gpu", "0000:3b:00.0").absent("kernel_driver", "/sys/bus/pci");
  CHECK(*document.host().text("driver.module_version") == "535.104.05");
  CHECK(document.host().find("driver.module_version")->source == "/proc/driver/nvidia/version");
  CHECK(document.of_kind("gpu").at(0)->find("kernel_driver")->absent());
  CHECK(document.host().find("os.id") == nullptr);
}

TEST_CASE("undeclared facts and other types are programming errors") {
  Document document;
  FactWriter writer(document);
  CHECK_THROWS_AS(writer.host().set("driver.speed", 1, ""), std::logic_error);
  CHECK_THROWS_AS(writer.host().set("driver.module_version", 535, ""), std::logic_error);
  CHECK_THROWS_AS(writer.host().set("gpus", "eight", ""), std::logic_error);
  CHECK_THROWS_AS(writer.subject("gpu", "0").set("os.id", "debian", ""), std::logic_error);
  CHECK_THROWS_AS(writer.subject("disk", "sda"), std::logic_error);
  CHECK_THROWS_AS(writer.host().set("devices.nodes", List{Map{{"path", "/dev/nvidia0"}}}, ""),
                  std::logic_error);
  CHECK_THROWS_AS(writer.host().set("variables", Map{{"PATH", 1}}, ""), std::logic_error);
}

TEST_CASE("the rest of an area is marked without touching what is written") {
  Document document;
  FactWriter writer(document);
  writer.host().set("os.id", "debian", "a");
  writer.host().rest_absent("os.", "b");
  writer.host().rest_unknown("kernel.", {"no /proc", Gap::unreadable}, "c");
  CHECK(*document.host().text("os.id") == "debian");
  CHECK(document.host().find("os.name")->absent());
  CHECK(document.host().find("kernel.release")->unknown()->gap == Gap::unreadable);
  CHECK(document.host().find("container.kind") == nullptr);
  writer.host().rest_absent("", "d");
  CHECK(document.host().find("nvidia_require.unmet") == nullptr);  // derived: not a probe's to set
}

TEST_CASE("written text is valid UTF-8") {
  Document document;
  FactWriter writer(document);
  writer.host().set("variables", Map{{"A\xFF", "b\xFE"}}, "s\xFF");
  const auto& variables = *document.host().map("variables");
  CHECK(variables.begin()->first == "A\xEF\xBF\xBD");
  CHECK(to_text(variables.begin()->second) == "b\xEF\xBF\xBD");
  CHECK(document.host().find("variables")->source == "s\xEF\xBF\xBD");
}
