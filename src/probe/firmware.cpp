// What the firmware says the machine is.
#include "probe/probe.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kReads[] = {"/sys/class/dmi/id/product_name", "/sys/class"};
constexpr Sets kSets[] = {{"host", "virtualization."}};

void run(const Context& context, facts::FactWriter& writer) {
  const auto path = kReads[0];
  auto name = read_trimmed(context.files, path);
  if (name && !name->empty()) {
    writer.host().set("virtualization.product", std::move(*name), path);
  } else if (name) {
    writer.host().absent("virtualization.product", path);
  } else {
    set_error(writer.host(), "virtualization.product", sysfs_error(context.files, name.error()), path);
  }
}

}  // namespace

Probe firmware_probe() {
  return {"firmware", "Product name that the firmware reports", Needs::running_system, kReads, kSets, run};
}

}  // namespace preflight::probe
