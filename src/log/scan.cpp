#include "log/scan.hpp"

namespace preflight::log {

namespace {

constexpr std::size_t kBeforeMatch = 80;
constexpr std::size_t kMostCaptureBytes = 200;

std::string excerpt(std::string_view line, std::size_t match) {
  if (line.size() <= kMostTextBytes) return std::string(line);
  const std::size_t begin = match > kBeforeMatch ? match - kBeforeMatch : 0;
  std::string text = (begin > 0 ? "..." : "") + std::string(line.substr(begin, kMostTextBytes));
  if (begin + kMostTextBytes < line.size()) text += "...";
  return text;
}

}  // namespace

Scanner::Scanner(const SignatureSet& set)
    : set_(set), lines_([this](const Line& line) { read(line); }), variants_(set.signatures.size()) {}

void Scanner::feed(std::string_view bytes) {
  scan_.bytes += static_cast<std::int64_t>(bytes.size());
  lines_.feed(bytes);
}

Scan Scanner::finish() {
  lines_.finish();
  scan_.lines = lines_.lines();
  return std::move(scan_);
}

void Scanner::read(const Line& line) {
  set_.patterns.find(line.text, found_);
  // The patterns of a signature stand together; the first that matches gives the captures.
  std::size_t last = set_.signatures.size();
  for (const int pattern : found_) {
    const std::size_t signature = set_.owners[static_cast<std::size_t>(pattern)];
    if (signature != last) keep(signature, pattern, line);
    last = signature;
  }
}

void Scanner::keep(std::size_t signature, int pattern, const Line& line) {
  auto match = set_.patterns.match(pattern, line.text);
  if (!match) return;
  for (auto& [name, text] : match->captures) {
    if (text.size() > kMostCaptureBytes) text.resize(kMostCaptureBytes);
  }
  const auto known = places_.find({signature, match->captures});
  if (known != places_.end()) {
    ++scan_.messages[known->second].count;
    return;
  }
  if (variants_[signature] == kMostVariants) return;
  ++variants_[signature];
  places_.emplace(std::pair{signature, match->captures}, scan_.messages.size());
  scan_.messages.push_back(
      {signature, line.number, excerpt(line.text, match->offset), 1, std::move(match->captures)});
}

}  // namespace preflight::log
