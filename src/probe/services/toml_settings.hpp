// The part of TOML 1.0 that NVIDIA's container toolkit writes into its configuration: tables and keys with
// strings, booleans and integers, one a line. Arrays and everything else are passed over.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace preflight::probe::services {

// Values by "table.key" ("key" before the first table), strings without their quotes.
std::map<std::string, std::string, std::less<>> read_toml_settings(std::string_view text);

}  // namespace preflight::probe::services
