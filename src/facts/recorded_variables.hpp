// Which environment variables may become facts. Everything that reads an environment (of this process, of
// an image, of a dump) asks here, so that one list decides.
#pragma once

#include <span>
#include <string_view>

namespace preflight::facts {

// The published list. "NCCL_*" stands for every name with that beginning.
std::span<const std::string_view> recorded_variables();

// Whether the list has this name and neither the name nor the value looks like a credential.
bool may_record_variable(std::string_view name, std::string_view value);

// A name with a word such as TOKEN or PASSWORD, or a value in the form of an access token, a private key or
// an address with a password in it. Errs towards secrecy.
bool looks_like_credential(std::string_view name, std::string_view value);

}  // namespace preflight::facts
