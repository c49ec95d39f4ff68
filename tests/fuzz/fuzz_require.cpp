// Requirements of images are read and judged whatever they hold.
#include <cstddef>
#include <cstdint>

#include "derive/image_requirement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace preflight;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto requirement = derive::parse_image_requirement(text);
  if (!requirement) return 0;
  const derive::Properties node{
      *parse_dotted_version("12.4"), *parse_dotted_version("550.54.15"), {}, "tesla"};
  static_cast<void>(derive::evaluate(*requirement, node));
  return 0;
}
