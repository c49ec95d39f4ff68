// The home directory that getpwuid(3) gives the process under check.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "target/file_tree.hpp"

namespace preflight::probe {

constexpr std::string_view kPasswordsPath = "/etc/passwd";

// By the real user id and /etc/passwd (passwd(5)). Users from a directory service are not in that file: for
// them, the variable HOME. Nothing where neither tells.
std::optional<std::string> home_directory(const target::FileTree& files);

// The home directory in the line of this user id.
std::optional<std::string> home_of_user(std::string_view passwords, std::string_view user_id);

}  // namespace preflight::probe
