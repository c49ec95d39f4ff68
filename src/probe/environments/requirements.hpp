// Whether the packages of an environment have what they require: `pip check`, without Python.
#pragma once

#include "facts/writer.hpp"
#include "probe/environments/interpreter.hpp"
#include "probe/environments/packages.hpp"
#include "probe/probe.hpp"
#include "python/marker.hpp"

namespace preflight::probe::environments {

// What markers can ask about this interpreter (PEP 508); of the kernel only on a running system.
python::MarkerEnvironment marker_environment(const Context& context, const Installation& installation,
                                             const InterpreterVersion& version);

// Sets requirements.*.
void write_requirements(const Packages& packages, const ImportPath& import_path,
                        const python::MarkerEnvironment& markers, facts::SubjectWriter& writer);

}  // namespace preflight::probe::environments
