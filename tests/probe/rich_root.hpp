// A fake root that has something for every probe: a GPU node seen from inside a container.
#pragma once

#include "doubles/memory_tree.hpp"

namespace preflight::test {

MemoryTree rich_root();

// Its parts that are kept in files of their own.
void add_rich_system(MemoryTree& root);

}  // namespace preflight::test
