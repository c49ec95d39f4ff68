// What is derived of loaded libraries and of extensions.
#include "catch.hpp"
#include "derive/derive.hpp"
#include "facts/json.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

std::string state(const facts::Document& document, std::string_view kind, std::string_view path) {
  const auto subjects = document.of_kind(kind);
  REQUIRE(subjects.size() == 1);
  const auto* const fact = subjects.front()->find(path);
  if (fact == nullptr) return "not set";
  if (fact->absent()) return "absent (" + fact->source + ")";
  if (const auto* const unknown = fact->unknown()) return "unknown: " + unknown->reason;
  return facts::to_text(*fact->value()) + " (" + fact->source + ")";
}

struct Stack {
  facts::Document document;
  facts::FactWriter writer{document};
  facts::SubjectWriter loaded = writer.subject("loaded_library", "libcudnn.so.9 of /venv");
  facts::SubjectWriter extension = writer.subject("extension", "/venv/x.so");

  facts::SubjectWriter library(const std::string& path) { return writer.subject("library", path); }
  facts::SubjectWriter environment() { return writer.subject("environment", "/venv"); }

  std::string of_library(std::string_view fact) {
    derive::run_derivations(document, {});
    return state(document, "loaded_library", fact);
  }
  std::string other_abi() {
    derive::run_derivations(document, {});
    return state(document, "extension", "undefined.other_abi");
  }
};

}  // namespace

TEST_CASE("the version of a loaded library is that of the file") {
  Stack stack;
  stack.library("/elsewhere/libcudnn.so.9").set("version", "8.9.2", "");
  stack.library("/venv/libcudnn.so.9").set("version", "9.1.0", "");
  stack.loaded.set("path", "/venv/libcudnn.so.9", "");
  CHECK(stack.of_library("version") == "9.1.0 (/venv/libcudnn.so.9)");
}

TEST_CASE("the version of a loaded library isn't guessed") {
  Stack stack;
  SECTION("the file's version could not be read") {
    stack.library("/venv/libcudnn.so.9").unknown("version", {"no text names it"}, "");
    stack.loaded.set("path", "/venv/libcudnn.so.9", "");
    CHECK(stack.of_library("version") == "unknown: version is unknown: no text names it");
  }
  SECTION("nothing reads versions of such files") {
    stack.loaded.set("path", "/usr/lib/libm.so.6", "");
    CHECK(stack.of_library("version") == "unknown: its version isn't read");
  }
  SECTION("its path isn't known") {
    stack.loaded.unknown("path", {"not set"}, "");
    CHECK(stack.of_library("version") == "unknown: path is unknown: not set");
  }
  SECTION("a facts file says nothing of the path, but something of the version") {
    stack.loaded.set("version", "1.0", "a file");
    CHECK(stack.of_library("version") == "unknown: path was not recorded");
  }
}

TEST_CASE("the version of an environment's own copy that isn't loaded") {
  Stack stack;
  stack.library("/venv/libcudnn.so.9").set("version", "9.1.0", "");
  stack.loaded.set("path", "/usr/local/libcudnn.so.9", "");
  SECTION("it is known") {
    stack.loaded.set("own_copy", "/venv/libcudnn.so.9", "");
    CHECK(stack.of_library("own_copy_version") == "9.1.0 (/venv/libcudnn.so.9)");
    CHECK(stack.of_library("version") == "unknown: its version isn't read");
  }
  SECTION("there is none") {
    stack.loaded.absent("own_copy", "");
    CHECK(stack.of_library("own_copy_version") == "absent (own_copy)");
  }
  SECTION("whether there is one isn't known") {
    stack.loaded.unknown("own_copy", {"not set"}, "");
    CHECK(stack.of_library("own_copy_version") == "unknown: own_copy is unknown: not set");
  }
}

TEST_CASE("a symbol with another std::string than torch's") {
  const auto [abi, torch_is_new, expected] = GENERATE(table<std::string, bool, std::string>(
      {{"cxx11", true, "false"}, {"cxx11", false, "true"}, {"old", true, "true"}, {"old", false, "false"}}));
  Stack stack;
  stack.environment().set("torch.cxx11_abi", torch_is_new, "");
  stack.extension.set("environment", "/venv", "");
  stack.extension.set("undefined.string_abi", abi, "");
  CHECK(stack.other_abi() == expected + " (undefined.string_abi, torch.cxx11_abi)");
}

TEST_CASE("the ABI of an extension can't be compared") {
  Stack stack;
  stack.extension.set("environment", "/venv", "");
  SECTION("no symbol with a std::string is missing") {
    stack.environment().set("torch.cxx11_abi", true, "");
    stack.extension.absent("undefined.string_abi", "");
    CHECK(stack.other_abi() == "absent (undefined.string_abi)");
    // Other symbols are.
    stack.extension.set("undefined.count", std::int64_t{1}, "");
    CHECK(stack.other_abi() == "false (undefined.string_abi)");
  }
  SECTION("what is missing isn't known") {
    stack.environment().set("torch.cxx11_abi", true, "");
    stack.extension.unknown("undefined.string_abi", {"libraries are missing"}, "");
    CHECK(stack.other_abi() == "unknown: undefined.string_abi is unknown: libraries are missing");
  }
  SECTION("it isn't recorded") {
    CHECK(stack.other_abi() == "unknown: undefined.string_abi was not recorded");
  }
  SECTION("torch's isn't known") {
    stack.environment().unknown("torch.cxx11_abi", {"no torch/_C"}, "");
    stack.extension.set("undefined.string_abi", "old", "");
    CHECK(stack.other_abi() == "unknown: torch.cxx11_abi isn't known");
    stack.environment().set("torch.version", "2.7.0", "");
    CHECK(stack.other_abi() == "true (undefined.string_abi, torch.published_cxx11_abi)");
  }
}

TEST_CASE("a facts file names an environment that isn't in it") {
  auto read = facts::document_from_json(R"({"schema": 1, "target": "a node", "subjects": [
      {"kind": "extension", "id": "/gone/x.so", "facts": {
          "environment": {"value": "/gone"}, "undefined.string_abi": {"value": "old"}}},
      {"kind": "loaded_library", "id": "libx.so of /gone", "facts": {
          "environment": {"value": "/gone"}, "path": {"value": "/gone/libx.so"}}}]})");
  REQUIRE(read);
  derive::run_derivations(read->document, {});
  CHECK(state(read->document, "extension", "undefined.other_abi") == "unknown: torch.cxx11_abi isn't known");
  CHECK(state(read->document, "loaded_library", "version") == "unknown: its version isn't read");
  CHECK(state(read->document, "loaded_library", "own_copy_version") == "unknown: own_copy was not recorded");
}
