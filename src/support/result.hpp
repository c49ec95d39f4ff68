// Expected failures as values. Exceptions are for bugs and for third-party libraries (caught where they are
// wrapped, and once in main).
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace preflight {

enum class ErrorKind {
  not_found,      // nothing there: for a file, the fact becomes "absent"
  not_permitted,  // there, but this process may not read it
  wrong_type,     // a FIFO, device or directory where a regular file was wanted, or the reverse
  too_large,      // over the reader's limit
  malformed,      // read, but not in the format that it should have
  unsupported,    // this kind of target cannot offer it
  io              // any other failure of the system
};

struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string message;  // a sentence fragment for people: "permission denied"
};

// A T or an Error. `value()` and `error()` may be called only on the matching state.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }

  T& value() { return std::get<0>(state_); }
  const T& value() const { return std::get<0>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace preflight
