#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "collect_env/blocks.hpp"
#include "collect_env/writers.hpp"
#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::collect_env {

namespace {

constexpr std::string_view kMachines[] = {"x86_64", "aarch64", "arm64",  "ppc64le",
                                          "s390x",  "riscv64", "armv7l", "i686"};

bool is_machine(std::string_view text) {
  return std::ranges::find(kMachines, text) != std::end(kMachines);
}

// Python's platform.platform(): Linux-RELEASE-MACHINE-with-LIBRARY. Empty for other systems and cut values.
struct Platform {
  std::string_view release;
  std::string_view machine;
};

Platform read_platform(std::string_view text) {
  constexpr std::string_view kLinux = "Linux-";
  const auto with = text.find("-with-");
  if (!text.starts_with(kLinux) || with == std::string_view::npos) return {};
  text = text.substr(kLinux.size(), with - kLinux.size());
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || !is_machine(text.substr(dash + 1))) return {};
  return {text.substr(0, dash), text.substr(dash + 1)};
}

// "Ubuntu 22.04.3 LTS (x86_64)": the name, and the machine where the vintage prints it.
struct OsLine {
  std::string_view name;
  std::string_view machine;
};

OsLine read_os(std::string_view text) {
  const auto open = text.rfind(" (");
  if (open == std::string_view::npos || !text.ends_with(')')) return {text, {}};
  const auto inside = text.substr(open + 2, text.size() - open - 3);
  if (!is_machine(inside)) return {text, {}};
  return {text.substr(0, open), inside};
}

bool is_python_before_3_8(std::string_view version) {
  const auto parsed = parse_dotted_version(leading_dotted_version(version));
  return !parsed || *parsed < *parse_dotted_version("3.8");
}

// Before Python 3.8 platform.libc_ver() searched the interpreter's binary: what it printed is the library
// that the interpreter was built for, not the one that runs.
void write_libc(const Dump& dump, facts::SubjectWriter& host) {
  constexpr std::string_view kGlibc = "glibc-";
  const auto libc = dump.value(Field::libc);
  const auto python = dump.value(Field::python);
  if (!libc || !libc->starts_with(kGlibc)) return;
  const auto version = std::string_view(*libc).substr(kGlibc.size());
  if (!parse_dotted_version(version)) return;
  host.set("libc.kind", "glibc", source_of(Field::libc));
  if (!python || is_python_before_3_8(*python)) {
    host.unknown("libc.version", {"Python before 3.8 reports another C library than the one that runs"},
                 source_of(Field::libc));
    return;
  }
  host.set("libc.version", version, source_of(Field::libc));
}

void write_kernel(const Platform& platform, facts::SubjectWriter& host) {
  const std::string source = source_of(Field::platform);
  if (platform.release.empty()) return;
  host.set("kernel.release", platform.release, source);
  if (const auto version = leading_dotted_version(platform.release); !version.empty()) {
    host.set("kernel.version", version, source);
  }
  // Microsoft's kernels: 4.4.0-19041-Microsoft, 5.15.153.1-microsoft-standard-WSL2.
  if (to_lower(platform.release).find("microsoft") == std::string::npos) {
    host.absent("wsl.version", source);
  } else {
    host.set("wsl.version", platform.release.ends_with("-Microsoft") ? 1 : 2, source);
  }
}

void write_machine(const Dump& dump, const Platform& platform, facts::SubjectWriter& host) {
  const auto os = dump.value(Field::os);
  const auto cpu = dump.value(Field::architecture);
  if (os && !read_os(*os).machine.empty()) {
    host.set("cpu.architecture", read_os(*os).machine, source_of(Field::os));
  } else if (!platform.machine.empty()) {
    host.set("cpu.architecture", platform.machine, source_of(Field::platform));
  } else if (cpu && is_machine(*cpu)) {
    host.set("cpu.architecture", *cpu, source_of(Field::architecture));
  }
}

}  // namespace

System system_of(const Dump& dump) {
  const auto begins = [](std::string_view text, std::initializer_list<std::string_view> beginnings) {
    return std::ranges::any_of(beginnings, [&](std::string_view other) { return text.starts_with(other); });
  };
  if (const auto platform = dump.value(Field::platform)) {
    if (to_lower(*platform).find("microsoft") != std::string::npos) return System::wsl;
    return platform->starts_with("Linux-") ? System::linux_kernel : System::other;
  }
  if (const auto os = dump.value(Field::os)) {
    return begins(*os, {"Microsoft", "Windows", "mac", "Mac"}) ? System::other : System::linux_kernel;
  }
  return System::not_shown;
}

void write_system(const Dump& dump, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto os = dump.value(Field::os);
  if (os && !read_os(*os).name.starts_with("linux")) {
    host.set("os.name", read_os(*os).name, source_of(Field::os));
  }
  const auto platform_text = dump.value(Field::platform).value_or("");
  const Platform platform = read_platform(platform_text);
  write_kernel(platform, host);
  write_machine(dump, platform, host);
  write_libc(dump, host);
  if (const auto nodes = dump.value(Field::numa_nodes)) {
    if (const auto number = to_integer(*nodes); number && *number > 0) {
      host.set("numa.nodes", std::int64_t{*number}, source_of(Field::numa_nodes));
    }
  }
  facts::Map recorded;
  for (const auto& [name, value] : variables(dump)) recorded.emplace(name, value);
  if (!recorded.empty()) {
    host.set("variables", std::move(recorded),
             "collect_env: Environment Variables (only those that it prints)");
  }
}

}  // namespace preflight::collect_env
