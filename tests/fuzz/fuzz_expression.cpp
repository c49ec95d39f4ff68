// An arbitrary expression: parse, check, evaluate.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "facts/writer.hpp"
#include "rules/evaluate.hpp"

using namespace preflight;

namespace {

facts::Document make_facts() {
  facts::Document document;
  facts::FactWriter writer(document);
  auto& host = writer.host();
  host.set("driver.module_version", "535.104.05", "fuzz");
  host.set("driver.modules", facts::string_list({"nvidia", "nvidia_uvm"}), "fuzz");
  host.set("variables", facts::Map{{"NCCL_DEBUG", "INFO"}}, "fuzz");
  host.set("shm.size", 67108864, "fuzz");
  host.absent("container.kind", "fuzz");
  host.set("gpus", 1, "fuzz");
  host.set("environments", 1, "fuzz");
  writer.subject("gpu", "0000:3b:00.0").set("model.architecture", "Hopper", "fuzz");
  auto environment = writer.subject("environment", "/venv");
  environment.set("packages", facts::Map{{"numpy", "2.0.1"}}, "fuzz");
  environment.set("torch.version", "2.2.0+cu121", "fuzz");
  environment.set("torch.cuda", "12.1", "fuzz");
  return document;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const facts::Document kDocument = make_facts();
  static const tables::Tables kTables = tables::embedded_tables();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)rules::evaluate_expression(text, kDocument, kTables, kDocument.of_kind("environment").front());
  return 0;
}
