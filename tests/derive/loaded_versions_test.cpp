// Versions of loaded libraries, from what was read of the files on the disk.
#include "catch.hpp"
#include "derive/derive.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

struct Loaded {
  facts::Document document;
  facts::FactWriter writer{document};

  Loaded& library(const std::string& path, std::string_view name, std::string_view version) {
    auto library = writer.subject("library", path);
    library.set("name", name, path);
    library.set("version", version, path);
    return *this;
  }
  Loaded& loaded(std::string_view id, std::string_view path, std::string_view own_copy = "") {
    auto loaded = writer.subject("loaded_library", id);
    loaded.set("path", path, "test");
    if (own_copy.empty()) {
      loaded.absent("own_copy", "test");
    } else {
      loaded.set("own_copy", own_copy, "test");
    }
    return *this;
  }
  std::string state(std::string_view id, std::string_view fact) {
    derive::run_derivations(document, {});
    const auto* const found = document.subject("loaded_library", id).find(fact);
    if (found == nullptr) return "not set";
    if (found->absent()) return "absent";
    return found->known() ? facts::to_text(*found->value()) : "unknown";
  }
};

}  // namespace

TEST_CASE("a loaded library has the version of its file, and so has the copy that lost") {
  Loaded one;
  one.library("/usr/lib/libnccl.so.2", "libnccl", "2.18.1").library("/v/libnccl.so.2", "libnccl", "2.19.3");
  one.loaded("libnccl.so.2", "/usr/lib/libnccl.so.2", "/v/libnccl.so.2");
  CHECK(one.state("libnccl.so.2", "version") == "2.18.1");
  CHECK(one.state("libnccl.so.2", "own_copy_version") == "2.19.3");
}

TEST_CASE("a part of cuDNN has the version of the libcudnn beside it") {
  Loaded one;
  one.library("/usr/lib/libcudnn.so.8.9.7", "libcudnn", "8.9.7");
  one.library("/usr/lib/libcudnn.so.9", "libcudnn", "9.19.0")
      .library("/v/libcudnn.so.9", "libcudnn", "9.26.0");
  one.loaded("ops", "/usr/lib/libcudnn_ops.so.9").loaded("graph", "/v/libcudnn_graph.so.9");
  one.loaded("infer", "/usr/lib/libcudnn_ops_infer.so.8").loaded("alone", "/x/libcudnn_ops.so.9");
  CHECK(one.state("ops", "version") == "9.19.0");
  CHECK(one.state("graph", "version") == "9.26.0");
  CHECK(one.state("infer", "version") == "8.9.7");
  CHECK(one.state("alone", "version") == "unknown");
  CHECK(one.state("ops", "own_copy_version") == "absent");
}

TEST_CASE("another library beside libcudnn has no version of it") {
  Loaded one;
  one.library("/usr/lib/libcudnn.so.9", "libcudnn", "9.19.0").loaded("m", "/usr/lib/libcublas.so.9");
  CHECK(one.state("m", "version") == "unknown");
}
