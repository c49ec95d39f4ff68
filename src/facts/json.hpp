// The facts document as JSON. Documented in docs/facts-file.md; round-trips exactly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "facts/document.hpp"
#include "support/result.hpp"

namespace preflight::facts {

// Version of the document's form. Raised when a reader of the older form would misread the newer one; new
// facts don't raise it.
constexpr int kSchema = 1;

// Subjects in their order, facts sorted by path.
nlohmann::ordered_json to_json(const Document& document);

nlohmann::ordered_json to_json(const Value& value);

struct ReadDocument {
  Document document;
  std::vector<std::string> warnings;  // facts that this program doesn't know, and that were left out
};

// Reads what to_json wrote, also inside a report (its "facts" member). Errors (malformed) name the place.
Result<ReadDocument> document_from_json(std::string_view text);

}  // namespace preflight::facts
