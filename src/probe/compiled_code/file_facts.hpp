// Facts that one compiled file tells of itself, whoever loads it.
#pragma once

#include "facts/writer.hpp"
#include "loader/image.hpp"
#include "probe/compiled_code/gpu_codes.hpp"

namespace preflight::probe::compiled_code {

// Sets needs.*, executable_stack and gpu_code.* of a subject that declares them.
void write_file_facts(const loader::Image& image, GpuCodes& gpu_codes, facts::SubjectWriter& subject);

}  // namespace preflight::probe::compiled_code
