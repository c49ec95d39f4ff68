#pragma once

#include "facts/writer.hpp"
#include "probe/environments/import_path.hpp"

namespace preflight::probe::environments {

// Sets triton.*: the versions of the assemblers in the Triton that is imported (the first directory `triton`
// on the import path), from their own texts.
void write_triton(const target::FileTree& files, const ImportPath& import_path, facts::SubjectWriter& writer);

}  // namespace preflight::probe::environments
