#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kProcessFacts[] = {
    {"variables", kStringMap,
     "Environment variables of this process: only those on the published list, never a credential"},
    {"limits.memlock", kBytes, "Soft limit of locked memory (ulimit -l); absent when unlimited"},
    {"limits.nofile", kInteger, "Soft limit of open files (ulimit -n); absent when unlimited"},
    {"limits.stack", kBytes, "Soft limit of the stack (ulimit -s); absent when unlimited"},
    {"limits.nproc", kInteger, "Soft limit of processes (ulimit -u); absent when unlimited"},
    {"seccomp.mode", kString, "System call filter of this process: disabled, strict or filter"},
    {"capabilities.effective", kStrings, "Effective Linux capabilities of this process, as CAP_SYS_ADMIN"},
    {"nccl.config", kStringMap, "Settings in /etc/nccl.conf and in ~/.nccl.conf (which wins)"},
    {"nccl.versions", kStrings,
     "Versions of NCCL in use here: of the libraries that torch loads; where none was read, of those that "
     "the "
     "loader finds; else of the installed wheels",
     Weight::ordinary, Origin::derived},
};

}  // namespace

std::span<const Declaration> process_facts() {
  return kProcessFacts;
}

}  // namespace preflight::facts
