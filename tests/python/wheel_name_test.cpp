#include "python/wheel_name.hpp"

#include "catch.hpp"

using preflight::python::read_wheel_name;

TEST_CASE("the parts of a wheel's name") {
  const auto wheel = read_wheel_name(
      "Flash_Attn-2.7.4.post1+cu12torch2.5cxx11abiFALSE-cp310.cp311-abi3-manylinux_2_17_x86_64.manylinux2014_"
      "x86_64.whl");
  REQUIRE(wheel);
  CHECK(wheel->name == "flash-attn");
  CHECK(wheel->version == "2.7.4.post1+cu12torch2.5cxx11abifalse");
  CHECK(wheel->python == "cp310.cp311");
  CHECK(wheel->abi == "abi3");
  CHECK(wheel->platform == "manylinux_2_17_x86_64.manylinux2014_x86_64");
}

TEST_CASE("a build number is passed over") {
  const auto wheel = read_wheel_name("torch-1.0-2local-cp36-cp36m-linux_x86_64.whl");
  REQUIRE(wheel);
  CHECK(wheel->version == "1.0");
  CHECK(wheel->python == "cp36");
  CHECK(wheel->abi == "cp36m");
}

TEST_CASE("names that no wheel has") {
  for (const auto* name : {"", ".whl", "a.whl", "a-1.0.whl", "a-1.0-py3-none.whl", "a-1.0-py3-none-any.zip",
                           "a-x-py3-none-any.whl", "-1.0-py3-none-any.whl", "a-1.0-py3--any.whl",
                           "a-1.0-py3-none-.whl", "a-1.0-x-py3-none-any.whl", "a-1.0--py3-none-any.whl",
                           "a-1.0-1-py3-none-any-any.whl", "\xff-1.0-py3-none-any.whl", "-----.whl"}) {
    CAPTURE(name);
    CHECK(!read_wheel_name(name));
  }
}
