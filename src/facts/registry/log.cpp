#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kMessageFacts[] = {
    {"signature", kString, "Which of the signatures in rules/signatures it has"},
    {"text", kString, "The first line that has it; the part around the match when the line is long"},
    {"line", kInteger, "Number of that line"},
    {"count", kInteger, "How many lines have the signature with the same captures"},
    {"captures", kStringMap, "What the signature's named groups matched"},
};

}  // namespace

std::span<const Declaration> message_facts() {
  return kMessageFacts;
}

}  // namespace preflight::facts
