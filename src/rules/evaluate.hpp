// One expression over a document: the `rules eval` verb.
#pragma once

#include <string>
#include <string_view>

#include "facts/document.hpp"
#include "tables/tables.hpp"

namespace preflight::rules {

// One line of JSON: {"value": ...}, {"unknown": ["path: reason", ...]}, {"absent": ["path"]} or
// {"error": "line 1, column 5: ..."}. With a subject of the document, its binding can be used ("env").
std::string evaluate_expression(std::string_view text, const facts::Document& document,
                                const tables::Tables& tables, const facts::Subject* subject = nullptr);

}  // namespace preflight::rules
