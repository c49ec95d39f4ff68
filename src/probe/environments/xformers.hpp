#pragma once

#include "facts/writer.hpp"
#include "probe/environments/import_path.hpp"

namespace preflight::probe::environments {

// Sets xformers.*: what the xformers that is imported says that it was compiled for, in its cpp_lib.json.
void write_xformers(const target::FileTree& files, const ImportPath& import_path,
                    facts::SubjectWriter& writer);

}  // namespace preflight::probe::environments
