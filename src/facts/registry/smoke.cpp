// What `gpu-preflight smoke` found: the test as a whole, told by rank 0's process.
#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Field kTroubles[] = {
    {"kind", Scalar::string,
     "never arrived, died, silent, stuck, failed, lost another, came twice, other world size, other token, "
     "other version, garbage, flood, no server, server lost"},
    {"rank", Scalar::integer, "The rank; -1 where none is known"},
    {"host", Scalar::string, "The host of the rank; may be empty"},
    {"stage", Scalar::string, "The stage at which it was last seen; empty where nothing was heard of it"},
    {"text", Scalar::string, "All of it in a sentence"},
};

constexpr Field kDifferences[] = {
    {"fact", Scalar::string, "What differs: nccl.version, NCCL_P2P_DISABLE, gpu.name"},
    {"text", Scalar::string, "Which ranks have which value"},
};

constexpr Field kRanks[] = {
    {"rank", Scalar::integer, "The rank"},
    {"host", Scalar::string, "Its host"},
    {"gpu", Scalar::string, "Name of its GPU"},
    {"address", Scalar::string, "PCI address of its GPU"},
};

constexpr Field kAttempts[] = {
    {"setting", Scalar::string, "What was set for this run: NCCL_P2P_DISABLE=1"},
    {"outcome", Scalar::string, "passed, or what happened first"},
    {"passed", Scalar::boolean, "Every sum was right"},
};

constexpr Declaration kSmokeFacts[] = {
    {"outcome", kString, "passed, wrong (a sum), or failed (a rank did not come through)"},
    {"launcher", kString, "What started the ranks: none, Slurm, Open MPI, torchrun, ..."},
    {"world_size", kInteger, "How many ranks there are; absent when their number could not be told"},
    {"nodes", kInteger, "On how many hosts; absent when the ranks were not compared"},
    {"ranks", records(kRanks), "The ranks; absent when they were not compared"},
    {"failed_stage", kString, "Stage at which the first trouble came; absent when there is none"},
    {"troubles", records(kTroubles), "What kept ranks from going on, the causes first"},
    {"summary", kStrings, "The same in sentences; ranks to which the same happened stand together"},
    {"differences", records(kDifferences),
     "Facts that differ across the ranks; absent when the ranks were not compared"},
    {"shared_gpus", kStrings,
     "UUIDs of GPUs that several ranks were given; absent when the ranks were not compared"},
    {"sizes", kIntegers, "The all-reduces whose sums were held to what they must be, in bytes"},
    {"wrong_sums", kStrings, "Sums that were wrong: rank, size, element"},
    {"attempts", records(kAttempts), "After a failure: the same with one of NCCL's ways switched off"},
    {"cured_by", kString, "The setting with which it passed; absent when none was found or tried"},
    {"bad_hosts", kStrings, "Hosts that fail alone, or with hosts that work with others (--bisect)"},
    {"bad_pairs", kStrings, "Pairs of hosts that fail together, each of which works with others (--bisect)"},
    {"bandwidth.size", kBytes, "Bytes of the all-reduce that was timed; absent when none was"},
    {"bandwidth.algorithm", kBytes, "Its size by its time, in bytes a second (algbw of nccl-tests)"},
    {"bandwidth.bus", kBytes,
     "That times 2 (n - 1) / n for n ranks, in bytes a second (busbw of nccl-tests)"},
    {"bandwidth.least", kBytes, "What was asked for with --min-busbw, in bytes a second; absent without it"},
    {"nccl.version", kVersion, "Version of rank 0's NCCL, as it says itself"},
    {"nccl.library", kString, "File of rank 0's NCCL"},
    {"nccl.networks", kStrings, "Networks that NCCL chose: Socket, IB, a plugin's name"},
    {"nccl.transports", kStrings, "Ways between ranks that NCCL uses: P2P/CUMEM, SHM, NET/IB/GDRDMA, NVLS"},
    {"nccl.interfaces", kStrings, "IP interfaces that NCCL uses"},
    {"nccl.infiniband", kStrings, "InfiniBand and RoCE devices that NCCL uses"},
    {"nccl.plugins", kStrings, "Plugins that NCCL loaded, each after its kind"},
    {"nccl.warnings", kStrings, "Warnings in NCCL's log"},
};

}  // namespace

std::span<const Declaration> smoke_facts() {
  return kSmokeFacts;
}

}  // namespace preflight::facts
