#pragma once

#include "facts/writer.hpp"
#include "probe/environments/import_path.hpp"

namespace preflight::probe::environments {

// Sets built_for_torch: the torch that packages which are imported record they were compiled for. Of those
// with compiled parts only xformers does, in its cpp_lib.json.
void write_built_for_torch(const target::FileTree& files, const ImportPath& import_path,
                           facts::SubjectWriter& writer);

}  // namespace preflight::probe::environments
