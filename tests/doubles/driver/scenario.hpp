// What a double of a driver's library plays: a file named by PREFLIGHT_SCENARIO, one line a setting.
//
//     gpus 8                              how many there are
//     driver 535.104.05                   see the doubles for the settings and what they are by default
//     memory.used@3 70000000000           of GPU 3 only
//     cuInit error 803                    what a function does, by the name that the library exports:
//     nvmlDeviceGetName@2 hang            error N, hang, crash, exit N, delay MILLISECONDS, garbage (success,
//                                         and its results are filled with 0xA5), scribble (junk on every
//                                         descriptor, then success)
//
// A symbol is taken out of a library by copy_without_symbols of tests/doubles/hidden_symbols.hpp.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace preflight::test {

// Where a function writes its result.
struct Output {
  void* data;
  std::size_t size;
};

constexpr int kNoGpu = -1;

class Scenario {
 public:
  // Of this process. Without a file: one healthy GPU.
  static const Scenario& current();

  long long number(std::string_view setting, int gpu, long long otherwise) const;
  std::string text(std::string_view setting, int gpu, std::string_view otherwise) const;

  // Plays what is set for the function. A value is what it shall return at once.
  std::optional<int> play(std::string_view function, int gpu, std::initializer_list<Output> outputs) const;

 private:
  explicit Scenario(const char* path);
  const std::string* find(std::string_view setting, int gpu) const;

  std::map<std::string, std::string, std::less<>> settings_;
};

// Writes text with its NUL, cut off where the buffer ends.
void write_text(char* buffer, std::size_t size, std::string_view text);

}  // namespace preflight::test
