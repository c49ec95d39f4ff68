// Any text gives an error or facts, and every fact is of its declared type.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "collect_env/parse.hpp"
#include "facts/writer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = preflight::collect_env::parse_collect_env(text);
  if (!document) return 0;
  for (const auto& subject : document->subjects) {
    for (const auto& [path, fact] : subject.facts) {
      const auto* declaration = preflight::facts::find_fact(subject.kind, path);
      if (declaration == nullptr) std::abort();
      if (fact.known() && !preflight::facts::has_type(*fact.value(), declaration->type)) std::abort();
    }
  }
  return 0;
}
