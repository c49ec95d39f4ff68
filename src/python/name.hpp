// Names of distributions and extras.
#pragma once

#include <string>
#include <string_view>

namespace preflight::python {

// PEP 503: lower case, each run of "-", "_" and "." one "-". Defined for any text, valid name or not.
std::string normalize_name(std::string_view name);

}  // namespace preflight::python
