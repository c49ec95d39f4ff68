// Files that the user names on the command line. (What is examined is read through a target's file tree.)
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace preflight {

// The whole of a file, or of standard input for "-". A FIFO is fine here: the user may write <(command).
// Errors: too_large over `limit` bytes, and those of the system.
Result<std::string> read_user_file(const std::string& path, std::size_t limit);

// The same, however long it is: `take` gets it piece by piece.
Result<bool> stream_user_file(const std::string& path, const std::function<void(std::string_view)>& take);

// Writes the text so that a reader sees the old file or the new one, never a part: through a temporary name
// in the same directory. What is not a regular file (a device, a FIFO) is written to as it is.
Result<bool> write_user_file(const std::string& path, std::string_view text);

}  // namespace preflight
