// The variables of the process under check that the dynamic loader reads.
#pragma once

#include "loader/settings.hpp"
#include "probe/probe.hpp"

namespace preflight::probe {

// None where no process is shown: at rest, or without /proc. An error when they are there and can't be read.
Result<loader::Variables> loader_variables(const Context& context);

}  // namespace preflight::probe
