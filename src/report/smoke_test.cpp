#include "report/smoke_test.hpp"

#include <cstdio>

#include "report/findings_text.hpp"
#include "report/layout.hpp"
#include "report/load_map_parts.hpp"
#include "support/text.hpp"

namespace preflight::report {

namespace {

constexpr std::size_t kMostListed = 8;

// Fields `name` of the records at `path`.
std::vector<std::string> fields_of(const facts::Subject& test, std::string_view path,
                                   const std::string& name) {
  std::vector<std::string> texts;
  if (const auto* list = test.list(path)) {
    for (const auto& item : *list) {
      const auto* record = std::get_if<facts::Map>(&item.data);
      if (record == nullptr) continue;
      const auto found = record->find(name);
      if (found != record->end()) texts.push_back(facts::to_text(found->second));
    }
  }
  return texts;
}

void append(std::vector<std::string>& lines, std::vector<std::string> more) {
  const auto left_out = more.size() > kMostListed ? more.size() - kMostListed : 0;
  more.resize(more.size() - left_out);
  lines.insert(lines.end(), more.begin(), more.end());
  if (left_out > 0) lines.push_back("and " + std::to_string(left_out) + " more");
}

std::string who(const facts::Subject& test) {
  std::string text;
  if (const auto* world = test.integer("world_size")) text += counted(*world, "rank");
  if (const auto* nodes = test.integer("nodes")) text += " on " + counted(*nodes, "host");
  const auto* launcher = test.text("launcher");
  if (launcher != nullptr && *launcher != "none") text += ", started by " + *launcher;
  return text.empty() ? "this host" : text;
}

std::string sizes_text(const facts::Subject& test) {
  std::vector<std::string> sizes;
  if (const auto* list = test.list("sizes")) {
    for (const auto& size : *list) {
      if (const auto* number = std::get_if<std::int64_t>(&size.data)) sizes.push_back(bytes_text(*number));
    }
  }
  return join(sizes, ", ");
}

// 210.3 GB/s, in units of 10^9 as nccl-tests has them.
std::string speed_text(std::int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f GB/s", static_cast<double>(bytes) / 1e9);
  return text;
}

std::string outcome_line(const facts::Subject& test) {
  const auto* outcome = test.text("outcome");
  if (outcome != nullptr && *outcome == "passed") {
    return who(test) + ": all-reduce of " + sizes_text(test) + ": every element of every sum is right";
  }
  const auto* stage = test.text("failed_stage");
  if (outcome != nullptr && *outcome == "wrong") return who(test) + ": the sums are wrong";
  return who(test) + ": failed" + (stage != nullptr ? " at '" + *stage + "'" : std::string());
}

std::string nccl_line(const facts::Subject& test) {
  const auto* version = test.text("nccl.version");
  const auto* file = test.text("nccl.library");
  const auto transports = texts_of(test, "nccl.transports");
  if (version == nullptr) return {};
  std::string line = "NCCL " + *version;
  if (file != nullptr) line += " (" + *file + ")";
  if (!transports.empty()) line += ", by " + join(transports, ", ");
  const auto interfaces = texts_of(test, "nccl.interfaces");
  if (!interfaces.empty() && interfaces.size() <= kMostListed)
    line += ", interfaces " + join(interfaces, ", ");
  return line;
}

std::string bandwidth_line(const facts::Subject& test) {
  const auto* size = test.integer("bandwidth.size");
  const auto* algorithm = test.integer("bandwidth.algorithm");
  const auto* bus = test.integer("bandwidth.bus");
  if (size == nullptr || algorithm == nullptr || bus == nullptr) return {};
  return "bandwidth with " + bytes_text(*size) + ": bus " + speed_text(*bus) + ", algorithm " +
         speed_text(*algorithm);
}

}  // namespace

std::vector<std::string> smoke_test_lines(const facts::Subject& test) {
  std::vector<std::string> lines{outcome_line(test)};
  append(lines, texts_of(test, "summary"));
  append(lines, texts_of(test, "wrong_sums"));
  for (const auto& line : {nccl_line(test), bandwidth_line(test)}) {
    if (!line.empty()) lines.push_back(line);
  }
  for (const auto& text : fields_of(test, "differences", "text")) lines.push_back("differs: " + text);
  const auto settings = fields_of(test, "attempts", "setting");
  const auto outcomes = fields_of(test, "attempts", "outcome");
  for (std::size_t place = 0; place < settings.size(); ++place) {
    lines.push_back("with " + settings[place] + ": " + outcomes[place]);
  }
  const auto* outcome = test.text("outcome");
  if (outcome != nullptr && *outcome != "passed") {
    for (const auto& warning : texts_of(test, "nccl.warnings")) lines.push_back("NCCL: " + warning);
  }
  return lines;
}

}  // namespace preflight::report
