#pragma once

namespace preflight::test {

// The address sanitizer makes everything slower, reserves terabytes of addresses, and makes system calls of
// its own. g++ says so by a macro, clang by a feature.
#if defined(__has_feature)
#define PREFLIGHT_HAS_FEATURE(name) __has_feature(name)
#else
#define PREFLIGHT_HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || PREFLIGHT_HAS_FEATURE(address_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#undef PREFLIGHT_HAS_FEATURE

// What tests that wait for each other multiply their deadlines with.
constexpr int kSlower = kSanitized ? 3 : 1;

}  // namespace preflight::test
