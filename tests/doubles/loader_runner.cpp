// Runs inside of a process of the real loader, as a library that the test's program needs: does what a list
// says, prints how each ended and what is loaded then, and ends the process before the program would start.
//
// The list is the file named by PREFLIGHT_STEPS, a line each: CALLER TAB local|global TAB NAME. CALLER is the
// file name of the object that shall call dlopen(), through its own function "call"; "-" is this library.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

namespace {

// "call" passes its first two arguments on to its third.
using Open = void* (*)(const char*, int);
using Call = void* (*)(const char*, int, Open);

const char* base_name(const char* path) {
  const char* const slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

const link_map* first_object() {
  return _r_debug.r_map;
}

// By which the object calls what it is given; null when it isn't loaded.
Call caller_of(const char* name) {
  for (const auto* object = first_object(); object != nullptr; object = object->l_next) {
    if (std::strcmp(base_name(object->l_name), name) != 0) continue;
    void* const handle = dlopen(object->l_name, RTLD_NOW | RTLD_NOLOAD);
    return handle == nullptr ? nullptr : reinterpret_cast<Call>(dlsym(handle, "call"));
  }
  return nullptr;
}

void* open_here(const char* name, int flags, Open open) {
  return open(name, flags);
}

void do_steps(std::FILE* steps) {
  char line[4096];
  while (std::fgets(line, sizeof line, steps) != nullptr) {
    line[std::strcspn(line, "\n")] = '\0';
    const char* const caller = std::strtok(line, "\t");
    const char* const visibility = std::strtok(nullptr, "\t");
    const char* const name = std::strtok(nullptr, "\t");
    if (name == nullptr) continue;
    const int flags = RTLD_NOW | (std::strcmp(visibility, "global") == 0 ? RTLD_GLOBAL : RTLD_LOCAL);
    const Call call = std::strcmp(caller, "-") == 0 ? &open_here : caller_of(caller);
    if (call == nullptr) {
      std::printf("no caller\t%s\n", caller);
    } else if (call(name, flags, &dlopen) != nullptr) {
      std::printf("opened\t%s\n", name);
    } else {
      const char* const error = dlerror();
      std::printf("failed\t%s\t%s\n", name, error == nullptr ? "" : error);
    }
  }
}

__attribute__((constructor)) void run() {
  const char* const path = std::getenv("PREFLIGHT_STEPS");
  if (std::FILE* const steps = path == nullptr ? nullptr : std::fopen(path, "r")) {
    do_steps(steps);
    std::fclose(steps);
  }
  for (const auto* object = first_object(); object != nullptr; object = object->l_next) {
    std::printf("loaded\t%s\n", object->l_name);
  }
  std::fflush(stdout);
  _exit(0);
}

}  // namespace
