#include "gpu_code/architecture.hpp"

#include <tuple>
#include <vector>

#include "catch.hpp"

using namespace preflight::gpu_code;

namespace {

Architecture sass(std::string_view name) {
  const auto architecture = parse_architecture(name);
  REQUIRE(architecture);
  return *architecture;
}

}  // namespace

TEST_CASE("architectures are named as NVIDIA's tools name them") {
  CHECK(sass_name({9, 0, Variant::arch_specific}) == "sm_90a");
  CHECK(ptx_name({10, 0, Variant::family_specific}) == "compute_100f");
  CHECK(sass_name({12, 1}) == "sm_121");

  CHECK(parse_architecture("sm_90a") == Architecture{9, 0, Variant::arch_specific});
  CHECK(parse_architecture("compute_103f") == Architecture{10, 3, Variant::family_specific});
  CHECK(parse_architecture("sm_86") == Architecture{8, 6});
  for (const auto* text : {"", "sm_", "sm_a", "sm_9", "90", "lto_90", "sm_90b", "sm_90aa", "sm_-90",
                           "sm_12345", "sm_9 0", "SM_90", "compute_", "sm_90 "}) {
    INFO(text);
    CHECK_FALSE(parse_architecture(text));
  }
}

TEST_CASE("architectures are sorted by number, then plain before special") {
  CHECK(sass("sm_90") < sass("sm_90a"));
  CHECK(sass("sm_90a") < sass("sm_100"));
  CHECK(sass("sm_100a") < sass("sm_100f"));
}

TEST_CASE("machine code runs on what NVIDIA says") {
  const auto [code, gpu, expected] = GENERATE(table<const char*, ComputeCapability, bool>({
      {"sm_80", {8, 0}, true},
      {"sm_80", {8, 6}, true},
      {"sm_80", {8, 9}, true},
      {"sm_86", {8, 9}, true},
      {"sm_86", {8, 0}, false},
      {"sm_80", {9, 0}, false},
      {"sm_75", {8, 0}, false},
      {"sm_70", {7, 5}, true},
      {"sm_90", {9, 0}, true},
      {"sm_90a", {9, 0}, true},
      {"sm_90a", {10, 0}, false},
      {"sm_100", {10, 0}, true},
      {"sm_100", {10, 3}, true},
      {"sm_100", {12, 0}, false},
      {"sm_100a", {10, 0}, true},
      {"sm_100a", {10, 3}, false},
      {"sm_100f", {10, 0}, true},
      {"sm_100f", {10, 3}, true},
      {"sm_100f", {12, 0}, false},
      {"sm_103f", {10, 0}, false},
      {"sm_103f", {10, 3}, true},
      {"sm_120f", {12, 0}, true},
      {"sm_120f", {12, 1}, true},
      {"sm_121a", {12, 0}, false},
      {"sm_121a", {12, 1}, true},
      // Jetson and the others.
      {"sm_80", {8, 7}, false},
      {"sm_86", {8, 7}, false},
      {"sm_87", {8, 7}, true},
      {"sm_87", {8, 9}, false},
      {"sm_70", {7, 2}, false},
      {"sm_72", {7, 2}, true},
      {"sm_72", {7, 5}, false},
      {"sm_60", {6, 2}, false},
      {"sm_52", {5, 3}, false},
      // Thor, renamed.
      {"sm_101", {11, 0}, true},
      {"sm_101a", {11, 0}, true},
      {"sm_110f", {10, 1}, true},
      {"sm_110", {11, 0}, true},
      {"sm_100", {10, 1}, false},
      {"sm_100f", {11, 0}, false},
  }));
  INFO(code << " on " << gpu.major << "." << gpu.minor);
  CHECK(runs_on(sass(code), gpu) == expected);
}

TEST_CASE("PTX compiles for what NVIDIA says") {
  const auto [code, gpu, expected] = GENERATE(table<const char*, ComputeCapability, bool>({
      {"compute_50", {12, 0}, true},
      {"compute_80", {8, 7}, true},
      {"compute_90", {9, 0}, true},
      {"compute_90", {8, 9}, false},
      {"compute_90", {10, 0}, true},
      {"compute_90a", {9, 0}, true},
      {"compute_90a", {10, 0}, false},
      {"compute_100f", {10, 0}, true},
      {"compute_100f", {10, 3}, true},
      {"compute_100f", {12, 0}, false},
      {"compute_100a", {10, 3}, false},
      {"compute_103f", {10, 0}, false},
      {"compute_120", {12, 1}, true},
      {"compute_121", {12, 0}, false},
      {"compute_101a", {11, 0}, true},
  }));
  INFO(code << " for " << gpu.major << "." << gpu.minor);
  CHECK(compiles_for(sass(code), gpu) == expected);
}

TEST_CASE("lists of names are decided unless it hangs on a name that is none") {
  using Names = std::vector<std::string_view>;
  CHECK(any_runs_on(Names{}, {9, 0}) == false);
  CHECK(any_runs_on(Names{"sm_80", "sm_90a"}, {9, 0}) == true);
  CHECK(any_runs_on(Names{"sm_80", "sm_90a"}, {10, 0}) == false);
  CHECK(any_runs_on(Names{"sm_80", "gfx942"}, {8, 6}) == true);
  CHECK(any_runs_on(Names{"sm_80", "gfx942"}, {9, 0}) == std::nullopt);
  CHECK(any_compiles_for(Names{"compute_90"}, {12, 0}) == true);
  CHECK(any_compiles_for(Names{"compute_90a", "compute_?"}, {12, 0}) == std::nullopt);
  CHECK(any_compiles_for(Names{"compute_90a"}, {12, 0}) == false);
}
