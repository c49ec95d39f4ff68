#pragma once

#include "facts/writer.hpp"
#include "probe/environments/packages.hpp"

namespace preflight::probe::environments {

// Sets torch.*: from the torch that is imported (the first directory `torch` on the import path) and its
// metadata.
void write_torch(const target::FileTree& files, const ImportPath& import_path, const Packages& packages,
                 facts::SubjectWriter& writer);

}  // namespace preflight::probe::environments
