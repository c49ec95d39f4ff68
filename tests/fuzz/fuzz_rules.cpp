// An arbitrary rule file: load, run its examples, judge.
#include <cstddef>
#include <cstdint>
#include <string>

#include "rules/catalogue.hpp"
#include "rules/examples.hpp"
#include "rules/judge.hpp"
#include "rules/load.hpp"

using namespace preflight;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tables::Tables kTables = tables::embedded_tables();
  static const rules::Causes kCauses = {{"driver-too-old-for-cuda", "A cause."}};
  static const facts::Document kDocument;
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)rules::parse_causes(text);
  const rules::Loaded loaded = rules::load_rules({{"fuzz.json", text}}, kCauses, kTables);
  for (const auto& problem : loaded.problems) (void)to_text(problem);
  (void)rules::run_examples(loaded.set, kTables);
  (void)rules::judge(loaded.set, kDocument, kTables);
  (void)rules::catalogue_markdown(loaded.set);
  return 0;
}
