#include "probe/nccl_xml.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kMostElements = 10'000;
constexpr std::size_t kLongestName = 254;  // MAX_STR_LEN - 1

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  XmlFile parse() {
    while (file_.defect.empty() && next()) {
    }
    if (file_.defect.empty() && open_) file_.defect = file_.elements[*open_].name + " isn't closed";
    return std::move(file_);
  }

 private:
  // One tag or comment; false at the end.
  bool next() {
    skip_space();
    if (rest_.empty()) return false;
    if (rest_.front() != '<') return fail("text outside of tags");
    if (rest_.starts_with("<!--")) return skip_comment();
    // NCCL takes it for an element and stops at the "?" of its end.
    if (rest_.starts_with("<?")) return fail("an XML declaration");
    rest_.remove_prefix(1);
    return take('/') ? close() : open();
  }

  bool skip_comment() {
    const auto end = rest_.find("-->");
    if (end == std::string_view::npos) return fail("a comment isn't closed");
    rest_.remove_prefix(end + 3);
    return true;
  }

  bool close() {
    const auto name = take_name();
    if (name.size() > kLongestName) return fail("a name is too long");
    skip_space();
    if (!take('>')) return fail("</" + std::string(name) + " isn't closed");
    if (!open_ || file_.elements[*open_].name != name)
      return fail("</" + std::string(name) + "> closes nothing");
    open_ = file_.elements[*open_].parent;
    return true;
  }

  bool open() {
    if (file_.elements.size() == kMostElements) return fail("too many elements");
    XmlElement element;
    element.name = take_name();
    element.parent = open_;
    if (element.name.empty()) return fail("an element without a name");
    if (element.name.size() > kLongestName) return fail("a name is too long");
    for (skip_space(); !rest_.empty() && rest_.front() != '>' && rest_.front() != '/'; skip_space()) {
      if (!take_attribute(element)) return fail("an attribute of " + element.name + " isn't NAME=\"VALUE\"");
    }
    const bool is_single = take('/');
    if (!take('>')) return fail(element.name + " isn't closed");
    file_.elements.push_back(std::move(element));
    if (!is_single) open_ = file_.elements.size() - 1;
    return true;
  }

  bool take_attribute(XmlElement& element) {
    const auto key = take_name();
    if (key.empty() || !take('=') || rest_.empty()) return false;
    const char quote = rest_.front();
    if (quote != '"' && quote != '\'') return false;
    const auto end = rest_.find(quote, 1);
    if (end == std::string_view::npos) return false;
    element.attributes.emplace(key, rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::string_view take_name() {
    const auto name = rest_.substr(0, rest_.find_first_of(" \t\r\n<>/=\"'"));
    rest_.remove_prefix(name.size());
    return name;
  }

  bool take(char character) {
    if (rest_.empty() || rest_.front() != character) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size())); }

  bool fail(std::string defect) {
    file_.defect = std::move(defect);
    return false;
  }

  std::string_view rest_;
  XmlFile file_;
  std::optional<std::size_t> open_;  // the element that the next ones are within
};

bool is_display(std::string_view pci_class) {
  return pci_class.starts_with("0x0300") || pci_class.starts_with("0x0302");
}

// "10" or "0xa": NCCL reads both (xmlGetAttrLong).
std::optional<std::uint64_t> number_of(std::string_view text) {
  if (text.starts_with("0x")) return hexadecimal_number(text.substr(2));
  const auto number = to_integer(text);
  return number && *number >= 0 ? std::optional<std::uint64_t>(*number) : std::nullopt;
}

void check_root(const XmlFile& file, std::set<std::string>& defects) {
  const auto root = std::ranges::find(file.elements, "system", &XmlElement::name);
  if (root == file.elements.end()) {
    defects.insert("no system");
  } else if (root->attribute("version") != "1") {
    defects.insert("system of a version that isn't 1");
  }
}

void check_attributes(const XmlElement& element, std::set<std::string>& defects) {
  const auto needs = [&](auto... keys) {
    for (const std::string_view key : {keys...}) {
      if (!element.attributes.contains(key)) defects.insert(element.name + " without " + std::string(key));
    }
  };
  if (element.name == "pci") needs("busid", "class");
  if (element.name == "cpu") needs("numaid", "arch");
  if (element.name == "cpu" && element.attribute("arch") == "x86_64") needs("vendor", "familyid", "modelid");
}

}  // namespace

std::string_view XmlElement::attribute(std::string_view key) const {
  const auto found = attributes.find(key);
  return found == attributes.end() ? std::string_view() : std::string_view(found->second);
}

XmlFile parse_nccl_xml(std::string_view text) {
  return Parser(text).parse();
}

std::vector<std::string> topology_gpus(const XmlFile& file) {
  std::set<std::string> addresses;
  for (const auto& element : file.elements) {
    const XmlElement* pci = nullptr;
    if (element.name == "pci" && is_display(element.attribute("class"))) pci = &element;
    if (element.name == "gpu" && element.parent) pci = &file.elements[*element.parent];
    if (pci != nullptr && !pci->attribute("busid").empty()) {
      addresses.insert(to_lower(pci->attribute("busid")));
    }
  }
  return {addresses.begin(), addresses.end()};
}

std::vector<std::string> topology_defects(const XmlFile& file) {
  if (!file.defect.empty()) return {file.defect};
  std::set<std::string> defects;
  check_root(file, defects);
  for (const auto& element : file.elements) check_attributes(element, defects);
  return {defects.begin(), defects.end()};
}

std::vector<std::int64_t> graph_gpus(const XmlFile& file) {
  constexpr std::uint64_t kMost = 1'000;  // beyond a machine's GPUs: numbers of several systems in one
  std::set<std::int64_t> numbers;
  for (const auto& element : file.elements) {
    if (element.name != "gpu") continue;
    const auto number = number_of(element.attribute("dev"));
    if (number && *number < kMost) numbers.insert(static_cast<std::int64_t>(*number));
  }
  return {numbers.begin(), numbers.end()};
}

}  // namespace preflight::probe
