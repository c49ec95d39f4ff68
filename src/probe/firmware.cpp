// What the firmware says the machine is, and whether it starts signed code only.
#include "probe/probe.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kProduct = "/sys/class/dmi/id/product_name";
constexpr std::string_view kEfi = "/sys/firmware/efi";
// The variable SecureBoot of the UEFI specification, with the identifier of its namespace.
constexpr std::string_view kSecureBoot =
    "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

void set_product(const target::FileTree& files, facts::SubjectWriter& host) {
  auto name = read_trimmed(files, kProduct);
  if (name && !name->empty()) {
    host.set("virtualization.product", std::move(*name), kProduct);
  } else if (name) {
    host.absent("virtualization.product", kProduct);
  } else {
    set_error(host, "virtualization.product", sysfs_error(files, name.error()), kProduct);
  }
}

// The file holds four bytes of attributes, then the value: one byte.
void set_secure_boot(const target::FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "secure_boot.enabled";
  constexpr std::size_t kValue = 4;
  const auto bytes = files.read_head(kSecureBoot, kValue + 1);
  if (bytes && bytes->size() > kValue) {
    host.set(kFact, (*bytes)[kValue] == 1, kSecureBoot);
  } else if (bytes) {
    host.unknown(kFact, {"the variable has no value", facts::Gap::unreadable}, kSecureBoot);
  } else if (bytes.error().kind != ErrorKind::not_found) {
    set_error(host, kFact, bytes.error(), kSecureBoot);
  } else if (files.exists(kEfi)) {
    host.unknown(kFact, {"the firmware's variables aren't shown here"}, kSecureBoot);
  } else {
    set_error(host, kFact, sysfs_error(files, bytes.error()), kEfi);
  }
}

void run_firmware(const Context& context, facts::FactWriter& writer) {
  set_product(context.files, writer.host());
  set_secure_boot(context.files, writer.host());
}

}  // namespace

Probe firmware_probe() {
  static constexpr std::string_view kReads[] = {kProduct, kEfi, kSecureBoot, "/sys/class"};
  static constexpr Sets kSets[] = {{"host", "virtualization."}, {"host", "secure_boot."}};
  return {"firmware",
          "Product name that the firmware reports, Secure Boot",
          Needs::running_system,
          kReads,
          kSets,
          run_firmware};
}

}  // namespace preflight::probe
