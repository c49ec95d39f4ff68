#include "collect_env/parse.hpp"

#include "collect_env/dump.hpp"
#include "collect_env/writers.hpp"

namespace preflight::collect_env {

std::string source_of(Field field) {
  return "collect_env: " + std::string(label(field));
}

Result<facts::Document> parse_collect_env(std::string_view text) {
  if (text.size() > kMostBytes) {
    return Error{ErrorKind::too_large, "larger than 1 MiB, which no output of collect_env is"};
  }
  const auto dump = find_dump(clean_lines(text));
  if (!dump) {
    return Error{
        ErrorKind::malformed,
        "no output of collect_env in this text; expected lines such as \"PyTorch version: 2.2.0\" and "
        "\"CUDA used to build PyTorch: 12.1\", as python -m torch.utils.collect_env prints them"};
  }
  facts::Document document;
  document.target = "collect_env dump";
  facts::FactWriter writer(document);
  write_system(*dump, writer);
  write_hardware(*dump, writer);
  write_environment(*dump, writer);
  return document;
}

}  // namespace preflight::collect_env
