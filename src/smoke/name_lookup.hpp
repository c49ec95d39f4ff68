// Looks a host's name up without waiting for it: the resolver has no deadline of its own, so it works in a
// child that is killed when it isn't needed any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "smoke/socket.hpp"
#include "support/descriptor.hpp"
#include "support/result.hpp"

namespace preflight::smoke {

class NameLookup {
 public:
  // A numeric address is ready at once and needs no child.
  NameLookup(const std::string& host, std::uint16_t port);
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;
  ~NameLookup();

  // Becomes readable when there is something to step() for; -1 when it's ready.
  int descriptor() const { return pipe_.number(); }

  void step();

  // Nothing while the lookup goes on. Errors: not_found with the resolver's words.
  const std::optional<Result<std::vector<Address>>>& result() const { return result_; }

 private:
  void finish();

  Descriptor pipe_;
  pid_t child_ = -1;
  std::string received_;
  std::optional<Result<std::vector<Address>>> result_;
};

}  // namespace preflight::smoke
