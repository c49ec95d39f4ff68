// What xformers was compiled for.
#include "catch.hpp"
#include "python_trees.hpp"

using namespace preflight;
using test::MemoryTree;
using test::state_of;

namespace {

constexpr auto kXformersPrefix = "/opt/python";
const std::string kXformers = "/opt/python/lib/python3.11/site-packages/xformers";

std::string built_for(const std::string& json) {
  MemoryTree tree;
  test::add_python(tree, kXformersPrefix, "3.11.7");
  tree.file(kXformers + "/__init__.py", "").file(kXformers + "/cpp_lib.json", json);
  return state_of(test::environment(test::probe_environments(tree, {kXformersPrefix}), kXformersPrefix),
                  "built_for_torch");
}

}  // namespace

TEST_CASE("xformers states the torch that it was compiled for") {
  CHECK(built_for(R"({"version": {"cuda": 1208, "hip": null, "torch": "2.7.1+cu126", "python": "3.9.23"},
                      "env": {"TORCH_CUDA_ARCH_LIST": "7.5 8.0+PTX 9.0a"}})") == "xformers=2.7.1+cu126");
}

TEST_CASE("a file of xformers without the version is unreadable") {
  CHECK(built_for("") == "unreadable");
  CHECK(built_for("[]") == "unreadable");
  CHECK(built_for(R"({"version": "2.7.1"})") == "unreadable");
  CHECK(built_for(R"({"version": {"torch": 271}})") == "unreadable");
}

TEST_CASE("without xformers, or without its compiled part, there is nothing") {
  MemoryTree tree;
  test::add_python(tree, kXformersPrefix, "3.11.7");
  tree.directory("/opt/python/lib/python3.11/site-packages");
  const auto probe = [&] {
    return test::environment(test::probe_environments(tree, {kXformersPrefix}), kXformersPrefix);
  };
  CHECK(state_of(probe(), "built_for_torch").empty());
  tree.file(kXformers + "/__init__.py", "");
  CHECK(state_of(probe(), "built_for_torch").empty());
}
