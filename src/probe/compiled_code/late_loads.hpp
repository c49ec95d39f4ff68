// What libraries open with dlopen() by themselves, when they are loaded or first used: by name, so that the
// loader's search decides which file it is. Observed with LD_DEBUG on the wheels of torch 2.0 to 2.15.
#pragma once

#include "loader/process.hpp"

namespace preflight::probe::compiled_code {

enum class Moment { load, use };  // in the library's constructors; when it is first used

// Opens all that the objects of the process open at that moment. What isn't found is passed over: nothing
// fails until it is used.
void open_late(const target::FileTree& files, Moment moment, loader::Process& process);

}  // namespace preflight::probe::compiled_code
