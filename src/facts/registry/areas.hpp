// The declarations, one file an area. A new fact is one line in its area's file.
#pragma once

#include <span>

#include "facts/registry.hpp"

namespace preflight::facts {

// Facts of the host, by area.
std::span<const Declaration> system_facts();
std::span<const Declaration> building_facts();
std::span<const Declaration> container_facts();
std::span<const Declaration> process_facts();
std::span<const Declaration> driver_facts();
std::span<const Declaration> hardware_facts();
std::span<const Declaration> service_facts();
std::span<const Declaration> engine_facts();
std::span<const Declaration> network_facts();
std::span<const Declaration> live_facts();

// Facts of the other subjects.
std::span<const Declaration> gpu_facts();
std::span<const Declaration> environment_facts();
std::span<const Declaration> library_facts();
std::span<const Declaration> loaded_library_facts();
std::span<const Declaration> extension_facts();
std::span<const Declaration> toolkit_facts();
std::span<const Declaration> interface_facts();
std::span<const Declaration> rdma_facts();
std::span<const Declaration> smoke_facts();
std::span<const Declaration> message_facts();

}  // namespace preflight::facts
