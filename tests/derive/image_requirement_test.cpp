#include "derive/image_requirement.hpp"

#include "catch.hpp"

using namespace preflight;
using derive::Met;

namespace {

derive::Properties node(std::string_view cuda, std::string_view driver, std::string_view arch,
                        std::optional<std::string> brand) {
  derive::Properties properties;
  if (!cuda.empty()) properties.cuda = *parse_dotted_version(cuda);
  if (!driver.empty()) properties.driver = *parse_dotted_version(driver);
  if (!arch.empty()) properties.arch = *parse_dotted_version(arch);
  properties.brand = std::move(brand);
  return properties;
}

Met judge(std::string_view text, const derive::Properties& properties) {
  const auto requirement = derive::parse_image_requirement(text);
  REQUIRE(requirement);
  return derive::evaluate(*requirement, properties);
}

bool is_malformed(std::string_view text) {
  const auto requirement = derive::parse_image_requirement(text);
  return !requirement && requirement.error().kind == ErrorKind::malformed;
}

}  // namespace

TEST_CASE("spaces separate alternatives, commas what must hold together") {
  const auto a100 = node("12.2", "535.104.05", "8.0", "tesla");
  CHECK(judge("cuda>=12.2", a100) == Met::yes);
  CHECK(judge("cuda>=12.4", a100) == Met::no);
  CHECK(judge("cuda>=12.4 brand=tesla,driver>=535,driver<536", a100) == Met::yes);
  CHECK(judge("cuda>=12.4 brand=geforce,driver>=535,driver<536", a100) == Met::no);
  CHECK(judge("cuda>=12.4 brand=tesla,driver>=470,driver<471", a100) == Met::no);
  CHECK(judge("", a100) == Met::yes);
  CHECK(judge("  ,, , ", a100) == Met::yes);
}

TEST_CASE("every operator") {
  const auto gpu = node("12.2", "535.104.05", "8.0", "tesla");
  CHECK(judge("arch=8", gpu) == Met::yes);
  CHECK(judge("arch!=8.0", gpu) == Met::no);
  CHECK(judge("driver>535", gpu) == Met::yes);
  CHECK(judge("driver<=535", gpu) == Met::no);
  CHECK(judge("driver<535.104.6", gpu) == Met::yes);
  CHECK(judge("brand!=GeForce", gpu) == Met::yes);
  CHECK(judge("BRAND=Tesla", gpu) == Met::yes);
}

TEST_CASE("what isn't known decides nothing, unless the rest does") {
  const auto nothing = node("", "", "", {});
  const auto some = node("12.2", "535.104.05", "", {});
  CHECK(judge("cuda>=12.4", nothing) == Met::unknown);
  CHECK(judge("cuda>=12.4 brand=tesla,driver>=470,driver<471", some) == Met::no);
  CHECK(judge("cuda>=12.4 brand=tesla,driver>=535,driver<536", some) == Met::unknown);
  CHECK(judge("arch>=8.0 cuda>=12.0", some) == Met::yes);
  CHECK(judge("jetpack>=5", some) == Met::unknown);
  CHECK(judge("jetpack>=5,cuda>=12.4", some) == Met::no);
}

TEST_CASE("what the container toolkit would refuse is malformed") {
  CHECK(is_malformed("cuda"));
  CHECK(is_malformed("cuda>="));
  CHECK(is_malformed(">=12"));
  CHECK(is_malformed("cuda==12.4"));
  CHECK(is_malformed("cuda=>12.4"));
  CHECK(is_malformed("cuda>=12.x"));
  CHECK(is_malformed("cuda>=99999999999999999999"));
  CHECK(is_malformed("driver>=535,brand>tesla"));
  CHECK(is_malformed(std::string_view("cuda>=12\0", 9)));
  CHECK(is_malformed("cuda>=12.4\tdriver>=535"));
}

TEST_CASE("a requirement of any length is read or refused") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "cuda>=1,";
  const auto requirement = derive::parse_image_requirement(text);
  REQUIRE(!requirement);
  CHECK(requirement.error().kind == ErrorKind::too_large);
  CHECK(is_malformed(std::string(1'000'000, '>')));
}
