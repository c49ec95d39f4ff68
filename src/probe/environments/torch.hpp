#pragma once

#include <optional>
#include <string>

#include "facts/writer.hpp"
#include "probe/environments/packages.hpp"
#include "python/marker.hpp"

namespace preflight::probe::environments {

// The directory of the torch that is imported; nothing where there is none.
std::optional<std::string> find_torch(const target::FileTree& files, const ImportPath& import_path);

// Sets torch.*: from the torch that is imported (the first directory `torch` on the import path) and its
// metadata, whose markers are judged in `markers`.
void write_torch(const target::FileTree& files, const ImportPath& import_path, const Packages& packages,
                 const python::MarkerEnvironment& markers, facts::SubjectWriter& writer);

}  // namespace preflight::probe::environments
