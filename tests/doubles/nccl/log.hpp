// Lines like NCCL's, where NCCL_DEBUG asks for them, to the file of NCCL_DEBUG_FILE (%h: host, %p: process)
// or to standard output.
#pragma once

#include <string>

namespace nccl_double {

void log_info(const std::string& text);
void log_warning(const std::string& place, const std::string& text);

// "NCCL version 2.21.5+cuda12.4".
void log_version(const std::string& text);

}  // namespace nccl_double
