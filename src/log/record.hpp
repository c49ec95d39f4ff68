// What a log says, as facts.
#pragma once

#include <string_view>

#include "facts/document.hpp"
#include "log/scan.hpp"

namespace preflight::log {

// Makes a subject of kind message of each message, in place of those that the document has. `name` is the
// log's, for the facts' sources: "train.log:118".
void record(const Scan& scan, const SignatureSet& set, std::string_view name, facts::Document& document);

}  // namespace preflight::log
