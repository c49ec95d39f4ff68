// The fact reference: the registry and the recorded variables as Markdown, for docs/facts.md.
#pragma once

#include <string>

namespace preflight::facts {

std::string reference_markdown();

}  // namespace preflight::facts
