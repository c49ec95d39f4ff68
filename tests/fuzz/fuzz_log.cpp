// Any bytes as a log, in one piece and in two: the same is found, and what is kept is bounded.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "log/record.hpp"
#include "log/scan.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace preflight;
  static const auto kSignatures = log::embedded_signatures();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  log::Scanner whole(kSignatures);
  whole.feed(text);
  const auto scan = whole.finish();
  log::Scanner parted(kSignatures);
  parted.feed(text.substr(0, size / 2));
  parted.feed(text.substr(size / 2));
  const auto again = parted.finish();
  require(scan.lines == again.lines && scan.messages.size() == again.messages.size());
  require(scan.messages.size() <= kSignatures.signatures.size() * log::kMostVariants);
  for (const auto& message : scan.messages) {
    require(message.line >= 1 && message.line <= scan.lines && message.count >= 1);
    require(message.text.size() <= log::kMostTextBytes + 6);
  }
  facts::Document document;
  log::record(scan, kSignatures, "log", document);
  return 0;
}
