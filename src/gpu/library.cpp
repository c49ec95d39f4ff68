#include "gpu/library.hpp"

#include <dlfcn.h>
#include <link.h>
#include <utility>

namespace preflight::gpu {

namespace {

std::string path_of(void* handle) {
  const link_map* map = nullptr;
  if (::dlinfo(handle, RTLD_DI_LINKMAP, static_cast<void*>(&map)) != 0 || map == nullptr) return {};
  return map->l_name == nullptr ? std::string() : map->l_name;
}

}  // namespace

Library::Library(void* handle, std::string path) : handle_(handle), path_(std::move(path)) {}

Result<Library> Library::load(const std::string& name) {
  void* handle = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = ::dlerror();
    return Error{ErrorKind::io, why == nullptr ? "dlopen failed" : why};
  }
  return Library(handle, path_of(handle));
}

void* Library::find(const char* symbol) const {
  return ::dlsym(handle_, symbol);
}

}  // namespace preflight::gpu
