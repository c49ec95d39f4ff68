// Which compiled files a package can do without.
#include "catch.hpp"
#include "derive/derive.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

std::string optional(const facts::Map& facts, const tables::Tables& tables = tables::embedded_tables()) {
  facts::Document document;
  facts::FactWriter writer(document);
  auto extension = writer.subject("extension", "x.so");
  for (const auto& [path, value] : facts) extension.set(path, std::get<std::string>(value.data), "test");
  derive::run_derivations(document, tables);
  const auto* const fact = document.subject("extension", "x.so").find("optional");
  if (const auto* const unknown = fact->unknown()) return "unknown: " + unknown->reason;
  return facts::to_text(*fact->value()) + " (" + fact->source + ")";
}

}  // namespace

TEST_CASE("a package whose loading is guarded can do without all its files") {
  CHECK(optional({{"package", "xformers"}, {"path", "/v/xformers/_C.so"}}) ==
        "true (package, path, table.optional_extension)");
  CHECK(optional({{"package", "flash-attn"}, {"path", "/v/flash_attn_2_cuda.so"}}).starts_with("false"));
}

TEST_CASE("others can do without some") {
  CHECK(
      optional({{"package", "torchaudio"}, {"path", "/v/torio/lib/_torio_ffmpeg6.so"}}).starts_with("true"));
  CHECK(optional({{"package", "torchaudio"}, {"path", "/v/torchaudio/lib/libtorchaudio.so"}})
            .starts_with("false"));
  CHECK(optional({{"package", "torchvision"}, {"path", "/v/torchvision/image.so"}}).starts_with("true"));
  CHECK(optional({{"package", "torchvision"}, {"path", "/v/torchvision/_C.so"}}).starts_with("false"));
}

TEST_CASE("without the package, the path or the table it isn't guessed") {
  CHECK(optional({{"path", "/v/x.so"}}) == "unknown: package was not recorded");
  CHECK(optional({{"package", "x"}}) == "unknown: path was not recorded");
  CHECK(optional({{"package", "x"}, {"path", "/v/x.so"}}, {}) ==
        "unknown: there is no table optional_extension");
}
