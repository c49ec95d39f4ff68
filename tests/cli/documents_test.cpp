// Generated pages of docs/ are what this program generates.
#include "catch.hpp"
#include "facts/reference.hpp"
#include "rules/catalogue.hpp"
#include "rules/load.hpp"
#include "support/user_file.hpp"
#include "tables/tables.hpp"

using namespace preflight;

namespace {

std::string page(const std::string& name) {
  const auto text = read_user_file(PREFLIGHT_SOURCE_DIR "/docs/" + name, std::size_t{64} << 20);
  return text ? *text : text.error().message;
}

}  // namespace

TEST_CASE("the generated documents are current") {
  INFO("./dev docs writes them again");
  const bool facts_are_current = page("facts.md") == facts::reference_markdown();
  CHECK(facts_are_current);
  const bool rules_are_current =
      page("rules.md") == rules::catalogue_markdown(rules::embedded_rules(tables::embedded_tables()));
  CHECK(rules_are_current);
}
