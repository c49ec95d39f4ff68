// Where the ranks meet in one round of the test, in their order.
#pragma once

#include "smoke/stage.hpp"

namespace preflight::smoke {

enum class Meeting {
  arrival,
  comparison,    // with the facts of the rank; back: who is in which group
  identifiers,   // the first of a group with its communicator's id; back: the ids of all groups
  communicator,  // from here to bandwidth with nothing, and back comes nothing
  all_reduce,
  verification,
  bandwidth,
  conclusion  // with what the rank has found; back: what all have
};

// The stage that a rank is in while it waits there.
constexpr Stage stage_of(Meeting meeting) {
  constexpr Stage kStages[] = {Stage::rendezvous, Stage::compare, Stage::communicator, Stage::communicator,
                               Stage::all_reduce, Stage::verify,  Stage::bandwidth,    Stage::teardown};
  return kStages[static_cast<int>(meeting)];
}

enum class Bandwidth { left_out, measured };

constexpr Meeting after(Meeting meeting, Bandwidth bandwidth) {
  if (meeting == Meeting::verification && bandwidth == Bandwidth::left_out) return Meeting::conclusion;
  return static_cast<Meeting>(static_cast<int>(meeting) + 1);
}

}  // namespace preflight::smoke
