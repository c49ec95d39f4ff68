// Facts on their way from a worker: as facts documents in JSON, piece by piece.
#pragma once

#include <string_view>

#include "facts/document.hpp"
#include "support/result.hpp"
#include "support/worker.hpp"

namespace preflight::live {

// Sends the facts, and leaves the document empty for the next piece.
void send(WorkerReport& report, facts::Document& document);

// Adds the facts of a piece. Only facts of the host and of GPUs below `prefix` are accepted, and GPUs by
// their PCI address; anything else is malformed, and nothing of the piece is taken.
Result<bool> add_part(std::string_view part, std::string_view prefix, facts::Document& document);

// "00000000:3B:00.0" -> "0000:3b:00.0", as sysfs has it; empty for what is no PCI address.
std::string pci_address(std::string_view text);

}  // namespace preflight::live
