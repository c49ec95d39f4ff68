#include "facts/registry.hpp"

#include <algorithm>
#include <set>

#include "catch.hpp"
#include "facts/reference.hpp"
#include "facts/typed_text.hpp"

using namespace preflight::facts;

namespace {

bool is_path(std::string_view path) {
  const auto part_of_name = [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
           character == '_' || character == '.';
  };
  return !path.empty() && std::ranges::all_of(path, part_of_name) && !path.starts_with('.') &&
         !path.ends_with('.') && path.find("..") == std::string_view::npos;
}

}  // namespace

TEST_CASE("declarations are well formed") {
  for (const auto& kind : subject_kinds()) {
    std::set<std::string_view> paths;
    for (const auto& fact : kind.facts) {
      INFO(kind.name << " " << fact.path);
      CHECK(is_path(fact.path));
      CHECK(paths.insert(fact.path).second);
      CHECK_FALSE(fact.meaning.empty());
      CHECK((!fact.meaning.ends_with('.') || fact.meaning.ends_with("...")));
      CHECK((fact.type.shape == Shape::records) == !fact.type.fields.empty());
      CHECK(find_fact(kind.name, fact.path) == &fact);
    }
    // A path in front of another's dot would make member access in rules ambiguous.
    for (const auto path : paths) {
      for (const auto other : paths) CHECK_FALSE(other.starts_with(std::string(path) + "."));
    }
  }
}

TEST_CASE("names in rules cannot clash") {
  std::set<std::string_view> names = {"table"};
  for (const auto& fact : subject_kinds().front().facts)
    names.insert(fact.path.substr(0, fact.path.find('.')));
  for (const auto& kind : subject_kinds()) {
    if (kind.name == "host") continue;
    INFO(kind.name);
    CHECK(names.insert(kind.binding).second);
    REQUIRE(find_fact("host", kind.plural) != nullptr);
    CHECK(find_fact("host", kind.plural)->type.scalar == Scalar::integer);
  }
}

TEST_CASE("core facts are few") {
  std::set<std::string> core;
  for (const auto& kind : subject_kinds()) {
    for (const auto& fact : kind.facts) {
      if (fact.weight == Weight::core) core.insert(std::string(kind.name) + " " + std::string(fact.path));
    }
  }
  CHECK(core == std::set<std::string>{"host driver.module_version", "host gpus", "host devices.nvidiactl",
                                      "host devices.nvidia_uvm", "host nvml.init", "host nvml.gpus",
                                      "host nvml.unreachable_gpus", "host cuda_driver.init",
                                      "host cuda_driver.gpus", "host cuda_driver.unreachable_gpus",
                                      "environment packages"});
}

TEST_CASE("the reference names every fact") {
  const std::string text = reference_markdown();
  for (const auto& kind : subject_kinds()) {
    for (const auto& fact : kind.facts) {
      CHECK(text.find("| `" + std::string(fact.path) + "` | " + type_text(fact.type)) != std::string::npos);
    }
  }
}

TEST_CASE("records are told by their fields in the declared order") {
  const auto* unmet = find_fact("environment", "requirements.unmet");
  REQUIRE(unmet != nullptr);
  const Value value = List{Map{{"installed", "2.2.0"},
                               {"package", "torchvision"},
                               {"required", "torch"},
                               {"requirement", "torch==2.3.0"},
                               {"version", "0.18.0"}},
                           Map{{"installed", ""}, {"package", "a"}}};
  CHECK(to_text(value, unmet->type) ==
        "package torchvision, version 0.18.0, requirement torch==2.3.0, required torch, installed 2.2.0; "
        "package a");
  CHECK(to_text(string_list({"a", "b"}), kStrings) == "a, b");
}
