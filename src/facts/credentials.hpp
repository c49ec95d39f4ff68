// Telling credentials, so that none is ever recorded. In doubt, something is taken for one.
#pragma once

#include <string>
#include <string_view>

namespace preflight::facts {

// Whether a variable of this name holds a credential: NVIDIA_API_KEY, TORCH_TOKEN. A partition key of
// InfiniBand (NCCL_IB_PKEY) is none.
bool names_credential(std::string_view name);

// The text with "***" in the place of: the user part of URLs; values of parameters such as token=...; tokens
// with a known beginning (hf_, ghp_, AKIA, sk-, JSON Web Tokens, private keys); long runs of letters and
// digits that look random. Lists, paths and UUIDs stay as they are.
std::string without_credentials(std::string_view text);

}  // namespace preflight::facts
