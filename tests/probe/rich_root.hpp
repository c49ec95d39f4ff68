// A fake root that has something for every probe: a GPU node seen from inside a container.
#pragma once

#include "doubles/memory_tree.hpp"

namespace preflight::test {

MemoryTree rich_root();

}  // namespace preflight::test
