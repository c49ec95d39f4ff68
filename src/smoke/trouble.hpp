// What kept the ranks from going on together, rank by rank.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smoke/clock.hpp"
#include "smoke/stage.hpp"
#include "support/result.hpp"

namespace preflight::smoke {

enum class TroubleKind {
  never_arrived,     // nothing was heard of the rank
  died,              // its connection ended without a farewell
  silent,            // connected, but nothing is heard any more: host cut off, or process stopped
  stuck,             // alive, but didn't get through its stage by the deadline
  failed,            // the rank says so itself; `detail` is its reason
  lost_another,      // the same, and NCCL says there that it is another rank that is gone
  came_twice,        // a second process says that it is this rank
  other_world_size,  // it counts another number of ranks
  other_token,       // someone with another token: another job, or a stranger
  other_version,     // another version of this program's protocol
  garbage,           // someone who doesn't speak this protocol
  flood,             // more, or more at once, than the protocol allows
  no_server,         // rank 0 could not be reached
  server_lost        // the connection to rank 0 ended
};

struct Trouble {
  TroubleKind kind = TroubleKind::never_arrived;
  std::optional<int> rank;                 // as it claimed, where the kind is other_token
  std::string host;                        // as the rank calls itself
  std::string address;                     // where its connection comes from: "10.0.0.4:41844"
  std::optional<Stage> stage;              // that it was last seen at
  std::optional<Milliseconds> last_heard;  // before the trouble was noticed
  std::string detail;
  std::string log;  // NCCL's last warnings there
};

// "never arrived".
std::string_view trouble_name(TroubleKind kind);

// One sentence without its full stop: "rank 3 on node-4 died at 'communicator' (...)".
std::string to_text(const Trouble& trouble);

// The same of all of them: ranks to which the same happened stand together.
std::vector<std::string> summary_of(const std::vector<Trouble>& troubles);

// Puts what follows from something else after its cause: those who wait for a rank, or have lost it.
void sort_by_cause(std::vector<Trouble>& troubles);

// JSON text, for the other ranks, and back. Text that isn't UTF-8 is repaired.
std::string write_troubles(const std::vector<Trouble>& troubles);
Result<std::vector<Trouble>> read_troubles(std::string_view json);

}  // namespace preflight::smoke
