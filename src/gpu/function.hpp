// One function of a vendor library, which the library may lack.
#pragma once

#include "gpu/library.hpp"

namespace preflight::gpu {

template <class Signature>
class Function;

template <class Result, class... Arguments>
class Function<Result(Arguments...)> {
 public:
  // The first of the names that the library exports: the newest version first.
  template <class... Names>
  explicit Function(Library& library, const char* name, Names... older) : name_(name) {
    for (const char* candidate : {name, older...}) {
      void* const address = library.find(candidate);
      if (address == nullptr) continue;
      name_ = candidate;
      address_ = reinterpret_cast<Result (*)(Arguments...)>(address);
      return;
    }
    library.add_missing(name);
  }

  explicit operator bool() const { return address_ != nullptr; }
  // That was found, or the first one that was looked for.
  const char* name() const { return name_; }
  Result operator()(Arguments... arguments) const { return address_(arguments...); }

 private:
  const char* name_;
  Result (*address_)(Arguments...) = nullptr;
};

}  // namespace preflight::gpu
