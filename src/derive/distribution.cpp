// Which C and C++ libraries the distribution ships: where the files themselves can't be read, as in a pasted
// dump, that is the best there is.
#include <array>
#include <optional>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "support/version.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kDistributionTable = "distribution";

struct Column {
  std::string_view name;
  std::string_view fact;
};

constexpr std::array<Column, 3> kColumns = {
    {{"glibc", "os.glibc"}, {"glibcxx", "os.glibcxx"}, {"cxxabi", "os.cxxabi"}}};

// How PRETTY_NAME begins for an ID.
struct Name {
  std::string_view beginning;
  std::string_view id;
};

constexpr std::array<Name, 10> kNames = {{{"Ubuntu", "ubuntu"},
                                          {"Debian", "debian"},
                                          {"CentOS", "centos"},
                                          {"Red Hat Enterprise Linux", "rhel"},
                                          {"Rocky Linux", "rocky"},
                                          {"AlmaLinux", "almalinux"},
                                          {"Oracle Linux", "ol"},
                                          {"Amazon Linux", "amzn"},
                                          {"Fedora", "fedora"},
                                          {"openSUSE Leap", "opensuse-leap"}}};

struct Distribution {
  std::string id;
  std::string version;
  std::string_view fact;  // where it is told
};

// "20.04.6" of "Ubuntu 20.04.6 LTS".
std::string_view version_in(std::string_view name) {
  for (auto space = name.find(' '); space != std::string_view::npos; space = name.find(' ')) {
    name.remove_prefix(space + 1);
    if (const auto version = leading_dotted_version(name); !version.empty()) return version;
  }
  return {};
}

std::optional<Distribution> distribution_of(const facts::Subject& host) {
  const auto* const id = host.text("os.id");
  const auto* const version = host.text("os.version");
  if (id != nullptr && version != nullptr) return Distribution{*id, *version, "os.id, os.version"};
  const auto* const name = host.text("os.name");
  if (name == nullptr) return std::nullopt;
  for (const auto& one : kNames) {
    if (name->starts_with(one.beginning)) {
      return Distribution{std::string(one.id), std::string(version_in(*name)), "os.name"};
    }
  }
  return std::nullopt;
}

// The row of the release: of 8.6 that of 8, where minor releases keep the libraries; of 20.04.6 that
// of 20.04.
std::string row_of(const Distribution& distribution, const tables::Tables& tables) {
  const auto table = tables.find(kDistributionTable);
  auto version = distribution.version;
  while (table != tables.end()) {
    auto row = distribution.id + " " + version;
    if (table->second.row(row) != nullptr) return row;
    const auto dot = version.rfind('.');
    if (dot == std::string::npos) break;
    version.resize(dot);
  }
  return distribution.id + " " + distribution.version;
}

void derive_distribution(facts::Document& document, const tables::Tables& tables) {
  facts::SubjectWriter writer(document, "host", document.host().id);
  const auto distribution = distribution_of(document.host());
  for (const auto& column : kColumns) {
    if (!distribution) {
      writer.unknown(column.fact, {why_not_known(document.host(), "os.name")}, "os.name");
      continue;
    }
    auto cell = find_cell(tables, kDistributionTable, row_of(*distribution, tables), column.name);
    if (auto* const value = std::get_if<facts::Value>(&cell)) {
      writer.set(column.fact, std::move(*value), "table distribution by " + std::string(distribution->fact));
    } else {
      writer.unknown(column.fact, {std::get<std::string>(cell)}, distribution->fact);
    }
  }
}

}  // namespace

Derivation distribution() {
  static constexpr std::string_view kReads[] = {"os.id", "os.version", "os.name", "table.distribution"};
  static constexpr std::string_view kSets[] = {"os.glibc", "os.glibcxx", "os.cxxabi"};
  return {"distribution", "host", kReads, kSets, derive_distribution};
}

}  // namespace preflight::derive
