// Any bytes as a stream of frames, as a message, as troubles, as a list of hosts.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "smoke/frame.hpp"
#include "smoke/hostlist.hpp"
#include "smoke/message.hpp"
#include "smoke/trouble.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace preflight::smoke;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  FrameReader reader(1024);
  reader.append(text);
  while (const auto frame = reader.next()) {
    if (frame->payload.size() > 1024) std::abort();
    (void)read_message(frame->payload);
  }
  if (const auto message = read_message(text); message && !read_message(write_message(*message)))
    std::abort();
  (void)read_troubles(text);
  if (const auto hosts = expand_hostlist(text); hosts && hosts->size() > kMostHosts) std::abort();
  return 0;
}
