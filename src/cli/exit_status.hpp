// Exit statuses, part of the interface: scripts rely on them.
#pragma once

namespace preflight::cli {

constexpr int kReady = 0;
constexpr int kNotReady = 1;
constexpr int kUndetermined = 2;
constexpr int kUsage = 64;        // the command line, or a file named on it, is wrong (EX_USAGE)
constexpr int kInternal = 70;     // a defect of this program (EX_SOFTWARE)
constexpr int kCannotWrite = 73;  // the result could not be written (EX_CANTCREAT)

}  // namespace preflight::cli
