// Expressions by their results, as `rules eval` prints them.
#include <string>

#include "catch.hpp"
#include "facts/writer.hpp"
#include "rules/evaluate.hpp"
#include "rules/functions.hpp"

using namespace preflight;

namespace {

tables::Tables make_tables() {
  const auto table = tables::parse_table(R"({
    "table": "cuda_family", "meaning": "m", "key": "k",
    "columns": {"min_driver": {"type": "version", "meaning": "m"}, "note": {"type": "string", "meaning": "m"},
                "archs": {"type": "list of string", "meaning": "m"}},
    "sources": ["https://example.org"],
    "rows": {"12": {"min_driver": "525.60.13", "archs": ["sm_50", "sm_90"]}}})");
  REQUIRE(table);
  return {{"cuda_family", *table}};
}

facts::Document make_document() {
  facts::Document document;
  facts::FactWriter writer(document);
  auto& host = writer.host();
  host.set("driver.module_version", "535.104.05", "/proc/driver/nvidia/version");
  host.set("driver.library_version", "not a version", "libcuda");
  host.set("driver.modules", facts::string_list({"nvidia", "nvidia_uvm"}), "/proc/modules");
  host.absent("container.kind", "/proc/1");
  host.unknown("kernel.version", {"a directory has no kernel"}, "/proc/version");
  host.set("variables", facts::Map{{"NCCL_DEBUG", "INFO"}, {"EMPTY", ""}}, "environment");
  host.absent("nccl.config", "/etc/nccl.conf");
  host.set("shm.size", 67108864, "/dev/shm");
  host.set("gpus", 2, "/sys");
  host.absent("toolkits", "/usr/local");
  for (const auto* id : {"0000:3b:00.0", "0000:86:00.0"}) {
    auto gpu = writer.subject("gpu", id);
    gpu.set("model.architecture", id == std::string("0000:3b:00.0") ? "Hopper" : "Blackwell", "table");
    gpu.absent("numa_node", "/sys");
  }
  auto environment = writer.subject("environment", "/venv");
  host.set("environments", 1, "/");
  environment.set("packages", facts::Map{{"numpy", "2.0.1"}, {"odd", "??"}}, "dist-info");
  environment.set("torch.version", "2.2.0+cu121", "version.py");
  environment.set("torch.cuda", "12.1", "version.py");
  environment.set("duplicates",
                  facts::List{facts::Map{{"package", "numpy"},
                                         {"version", "1.26.4"},
                                         {"path", "/a"},
                                         {"other_version", "2"},
                                         {"other_path", "/b"}}},
                  "venv");
  return document;
}

std::string eval(std::string_view text) {
  const auto document = make_document();
  const auto tables = make_tables();
  return rules::evaluate_expression(text, document, tables, document.of_kind("environment").front());
}

std::string value(std::string_view json) {
  return "{\"value\":" + std::string(json) + "}";
}

}  // namespace

TEST_CASE("literals, operators and precedence") {
  CHECK(eval("1 + 2 * 3 - 4 / 2 % 3") == value("5"));
  CHECK(eval("-(2 + 3) * -1") == value("5"));
  CHECK(eval("7 - 2 - 1") == value("4"));
  CHECK(eval("true || false && false") == value("true"));
  CHECK(eval("!false && 1 < 2") == value("true"));
  CHECK(eval("1 == 1 ? 'yes' : 'no'") == value("\"yes\""));
  CHECK(eval("false ? 1 : false ? 2 : 3") == value("3"));
  CHECK(eval("'a' + \"b\" == 'ab'") == value("true"));
  CHECK(eval("[1, 2] + [3]") == value("[1,2,3]"));
  CHECK(eval("2 in [1, 2]") == value("true"));
  CHECK(eval("'c' in ['a', 'b']") == value("false"));
  CHECK(eval("[] == [1]") == value("false"));
  CHECK(eval("[1, 2][1]") == value("2"));
  CHECK(eval(R"('\u00e9\x41\101\n\'' )") == value(R"("éAA\n'")"));
  CHECK(eval("'b' > 'a'") == value("true"));
  CHECK(eval("[1, 2] == [1, 2]") == value("true"));
}

TEST_CASE("facts in their three states") {
  CHECK(eval("driver.module_version") == value("\"535.104.05\""));
  CHECK(eval("driver.module_version >= version(\"535.104.5\")") == value("true"));
  CHECK(eval("container.kind") == R"({"absent":["container.kind"]})");
  CHECK(eval("kernel.version") == R"({"unknown":["kernel.version: a directory has no kernel"]})");
  CHECK(eval("os.id") == R"({"unknown":["os.id: not recorded"]})");
  CHECK(eval("driver.library_version") ==
        R"({"unknown":["driver.library_version: not a dotted version: 'not a version'"]})");
  CHECK(eval("has(container.kind)") == value("false"));
  CHECK(eval("has(driver.module_version)") == value("true"));
  CHECK(eval("has(os.id)") == R"({"unknown":["os.id: not recorded"]})");
  CHECK(eval("known(driver.module_version)") == value("true"));
  CHECK(eval("known(container.kind)") == value("false"));
  CHECK(eval("known(os.id)") == value("false"));
  CHECK(eval("known(driver.library_version)") == value("false"));
  CHECK(eval("env.torch.cuda.major() == 12") == value("true"));
  CHECK(eval("env.torch.git") == R"({"unknown":["env.torch.git: not recorded"]})");
}

TEST_CASE("and, or and ?: in three-valued logic") {
  const std::string unknown = R"({"unknown":["os.id: not recorded"]})";
  const std::string absent = R"({"absent":["container.kind"]})";
  CHECK(eval("os.id == 'x' && false") == value("false"));
  CHECK(eval("false && os.id == 'x'") == value("false"));
  CHECK(eval("os.id == 'x' || true") == value("true"));
  CHECK(eval("os.id == 'x' || false") == unknown);
  CHECK(eval("true && os.id == 'x'") == unknown);
  CHECK(eval("container.kind == 'x' && false") == value("false"));
  CHECK(eval("container.kind == 'x' || true") == value("true"));
  CHECK(eval("container.kind == 'x' || false") == absent);
  CHECK(eval("container.kind == 'x' || os.id == 'x'") == unknown);
  CHECK(eval("os.id == 'x' && container.kind == 'x'") == unknown);
  CHECK(eval("!(os.id == 'x')") == unknown);
  CHECK(eval("os.id == 'x' && os.version == '1'") ==
        R"({"unknown":["os.id: not recorded","os.version: not recorded"]})");
  CHECK(eval("os.id == 'x' && os.id == 'y'") == unknown);
  CHECK(eval("os.id == 'x' ? 1 : 2") == unknown);
  CHECK(eval("true ? 1 : size(os.id)") == value("1"));
  CHECK(eval("1 / 0 == 1 && false") == value("false"));
}

TEST_CASE("what cannot be computed is an error") {
  CHECK(eval("1 / 0") == R"({"error":"division by zero"})");
  CHECK(eval("1 % 0") == R"({"error":"division by zero"})");
  CHECK(eval("9223372036854775807 + 1") == R"({"error":"the integer does not fit 64 bits"})");
  CHECK(eval("(-9223372036854775807 - 1) / -1") == R"({"error":"the integer does not fit 64 bits"})");
  CHECK(eval("-(-9223372036854775807 - 1)") == R"({"error":"the integer does not fit 64 bits"})");
  CHECK(eval("[1][1]") == R"({"error":"the list has no item of this number"})");
  CHECK(eval("[1][-1]") == R"({"error":"the list has no item of this number"})");
  CHECK(eval("int(variables.NCCL_DEBUG)") == R"({"error":"int() of a text that is no integer"})");
}

TEST_CASE("maps") {
  CHECK(eval("variables[\"NCCL_DEBUG\"]") == value("\"INFO\""));
  CHECK(eval("variables.NCCL_DEBUG") == value("\"INFO\""));
  CHECK(eval("variables.OTHER") == R"({"absent":["variables[\"OTHER\"]"]})");
  CHECK(eval("has(variables.OTHER)") == value("false"));
  CHECK(eval("has(variables[\"EMPTY\"])") == value("true"));
  CHECK(eval("'NCCL_DEBUG' in variables") == value("true"));
  CHECK(eval("'OTHER' in variables") == value("false"));
  CHECK(eval("has(nccl.config.NCCL_DEBUG)") == value("false"));
  CHECK(eval("has(env.torch.pins.triton)") == R"({"unknown":["env.torch.pins: not recorded"]})");
  CHECK(eval("variables.exists(k, k.startsWith('NCCL_'))") == value("true"));
  CHECK(eval("size(variables)") == value("2"));
  CHECK(eval("env.packages['numpy'] >= python_version('2')") == value("true"));
  CHECK(eval("env.packages.odd.major()").find("env.packages[\\\"odd\\\"]: ") != std::string::npos);
  CHECK(eval("variables.filter(k, variables[k] == '')") == value("[\"EMPTY\"]"));
}

TEST_CASE("lists of subjects and macros") {
  CHECK(eval("size(gpus)") == value("2"));
  CHECK(eval("size(toolkits)") == value("0"));
  CHECK(eval("size(libraries)") == R"({"unknown":["libraries: not recorded"]})");
  CHECK(eval("gpus.exists(g, g.model.architecture == 'Blackwell')") == value("true"));
  CHECK(eval("gpus.all(g, g.model.architecture == 'Blackwell')") == value("false"));
  CHECK(eval("gpus.exists_one(g, g.model.architecture == 'Blackwell')") == value("true"));
  CHECK(eval("gpus.filter(g, g.model.architecture == 'Hopper')") == value("[\"0000:3b:00.0\"]"));
  CHECK(eval("gpus.map(g, g.model.architecture).join(', ')") == value("\"Hopper, Blackwell\""));
  CHECK(eval("gpus[1].model.architecture") == value("\"Blackwell\""));
  CHECK(
      eval("gpus.exists(g, g.name == 'x')") ==
      R"({"unknown":["gpus[\"0000:3b:00.0\"].name: not recorded","gpus[\"0000:86:00.0\"].name: not recorded"]})");
  CHECK(eval("gpus.exists(g, g.name == 'x' || g.model.architecture == 'Hopper')") == value("true"));
  CHECK(eval("gpus.exists(g, g.numa_node == 0)") == R"({"absent":["gpus[\"0000:3b:00.0\"].numa_node"]})");
  CHECK(eval("gpus.all(g, gpus.exists(h, h.model.architecture == g.model.architecture))") == value("true"));
  CHECK(eval("[3, 4].map(v, v * v)") == value("[9,16]"));
  CHECK(eval("env.duplicates.exists(d, d.package == 'numpy' && d.version < python_version('2'))") ==
        value("true"));
  CHECK(eval("env.duplicates[0].other_path") == value("\"/b\""));
  CHECK(eval("'nvidia' in driver.modules") == value("true"));
}

TEST_CASE("tables") {
  CHECK(eval("table.cuda_family[env.torch.cuda.major()].min_driver <= driver.module_version") ==
        value("true"));
  CHECK(eval("table.cuda_family[\"12\"].archs") == value("[\"sm_50\",\"sm_90\"]"));
  CHECK(eval("'sm_90' in table.cuda_family[12].archs") == value("true"));
  CHECK(eval("12 in table.cuda_family") == value("true"));
  CHECK(eval("version('13') in table.cuda_family") == value("false"));
  CHECK(eval("table.cuda_family[14].min_driver") ==
        R"({"unknown":["table.cuda_family[\"14\"]: no row 14 in table cuda_family"]})");
  CHECK(eval("table.cuda_family[12].note") ==
        R"({"unknown":["table.cuda_family[\"12\"].note: row 12 of table cuda_family has no note"]})");
  CHECK(eval("has(table.cuda_family[12].min_driver)") == value("true"));
}

TEST_CASE("versions") {
  CHECK(eval("python_version(\"2.2.0\") < python_version(\"2.10\")") == value("true"));
  CHECK(eval("python_version(\"2.2.0+cu121\").satisfies(\"==2.2.*\")") == value("true"));
  CHECK(eval("version(\"535.104.05\") >= version(\"525\")") == value("true"));
  CHECK(eval("version('12.1') == version('12.1.0')") == value("true"));
  CHECK(eval("env.torch.version.local()") == value("\"cu121\""));
  CHECK(eval("python_version('2.2').local()") == value("\"\""));
  CHECK(eval("python_version('2.3.0a0+git1').public()") == value("\"2.3.0a0\""));
  CHECK(eval("env.torch.version.satisfies('~=2.2.0,!=2.2.1')") == value("true"));
  CHECK(eval("python_version('2.3.0rc1').satisfies('>=2.2')") == value("true"));
  CHECK(eval("version('12.4.1').minor() * 10 + version('12.4.1').patch()") == value("41"));
  CHECK(eval("version('12.4.1').release(2)") == value("\"12.4\""));
  CHECK(eval("version('12').release(3)") == value("\"12.0.0\""));
  CHECK(eval("python_version('2.2.0rc1+cu121').release(2)") == value("\"2.2\""));
  CHECK(eval("python_version('1!2').release(2)") == value("\"2.0\""));
  CHECK(eval("env.torch.version.minor()") == value("2"));
  CHECK(eval("python_version('3').patch()") == value("0"));
  CHECK(eval("string(driver.module_version)") == value("\"535.104.05\""));
  CHECK(eval("version(variables.NCCL_DEBUG)") ==
        R"({"unknown":["version(): not a dotted version: 'INFO'"]})");
}

TEST_CASE("strings") {
  CHECK(eval("'a,b,,c'.split(',')") == value("[\"a\",\"b\",\"\",\"c\"]"));
  CHECK(eval("''.split(',')") == value("[\"\"]"));
  CHECK(eval("' AbC '.trim().lowerAscii()") == value("\"abc\""));
  CHECK(eval("'cu121'.startsWith('cu') && 'cu121'.endsWith('1') && 'cu121'.contains('12')") == value("true"));
  CHECK(eval("size('é')") == value("1"));
  CHECK(eval("'abc'.size()") == value("3"));
  CHECK(eval("int('42') + 1") == value("43"));
  CHECK(eval("string(42) + string(true)") == value("\"42true\""));
  CHECK(eval("['', 'a'].join('-')") == value("\"-a\""));
  CHECK(eval("['b', 'a', 'b', 'a'].distinct().join()") == value("\"ba\""));
}

TEST_CASE("GPU architectures") {
  CHECK(eval("['sm_80', 'sm_90a'].runs_on(version('9.0'))") == value("true"));
  CHECK(eval("['sm_80', 'sm_90a'].runs_on(version('8.9'))") == value("true"));
  CHECK(eval("['sm_80', 'sm_90a'].runs_on(version('10.0'))") == value("false"));
  CHECK(eval("['sm_100f'].runs_on(version('10.3'))") == value("true"));
  CHECK(eval("['sm_80'].filter(a, false).runs_on(version('9.0'))") == value("false"));
  CHECK(eval("['compute_90'].compiles_for(version('12'))") == value("true"));
  CHECK(eval("['compute_90a'].compiles_for(version('12.0'))") == value("false"));
  CHECK(eval("table.cuda_family[12].archs.runs_on(version('9.0'))") == value("true"));
  CHECK(eval("['sm_80', 'gfx942'].runs_on(version('8.0'))") == value("true"));
  CHECK(eval("['sm_80', variables.NCCL_DEBUG].runs_on(version('9.0'))") ==
        R"({"unknown":["runs_on(): a name is no GPU architecture"]})");
  CHECK(eval("[variables.NCCL_DEBUG].compiles_for(version('9.0'))") ==
        R"({"unknown":["compiles_for(): a name is no GPU architecture"]})");
  CHECK(eval("['gfx942'].runs_on(version('9.0'))").find("column 1: ") != std::string::npos);
  CHECK(eval("['sm_80'].runs_on('9.0')").find("column ") != std::string::npos);
}

TEST_CASE("what is wrong is said with its place") {
  const auto error = [](std::string_view message) {
    return "{\"error\":\"line 1, column " + std::string(message) + "\"}";
  };
  CHECK(eval("") == error("1: the expression ends too early"));
  CHECK(eval("1 +") == error("4: the expression ends too early"));
  CHECK(eval("(1") == error("3: ')' is missing here"));
  CHECK(eval("1 2") == error("3: an operator is missing here"));
  CHECK(eval("1 = 2") == error("3: equality is written =="));
  CHECK(eval("'abc") == error("1: this text has no closing quote"));
  CHECK(eval(R"('a\q')") == error("3: not an escape of this language"));
  CHECK(eval("12.1") == error(R"(1: there are no fractions; a version is written version(\"12.1\"))"));
  CHECK(eval("9223372036854775808") == error("1: this integer does not fit 64 bits"));
  CHECK(eval("driver.module_version < '535'") ==
        error(R"(23: a version cannot be compared with a string; write version(\"12.1\") for a version)"));
  CHECK(eval("env.torch.version == version('2')") ==
        error("19: a python_version cannot be compared with a version"));
  CHECK(eval("driver.version == version('2')")
            .find("column 8: there is no fact 'driver.version' (nearest: driver.") != std::string::npos);
  CHECK(eval("env.torch.versoin")
            .find("column 11: there is no fact 'env.torch.versoin' (nearest: env.torch.version") !=
        std::string::npos);
  CHECK(eval("gpu.name == 'x'") == error(R"(1: 'gpu' is bound only in a rule with for_each \"gpus\")"));
  CHECK(eval("table.cuda_famly[1]") == error("7: there is no table 'cuda_famly' (nearest: cuda_family)"));
  CHECK(eval("table.cuda_family[1].max") == error("22: the table cuda_family has no column 'max'"));
  CHECK(eval("table.cuda_family") ==
        error("7: a table is used with a key: table.NAME[key], or key in table.NAME"));
  CHECK(eval("siez(gpus)") == error("1: there is no function 'siez' (nearest: size)"));
  CHECK(eval("startsWith('a', 'b')") == error("1: startsWith is written x.startsWith(...)"));
  CHECK(eval("version('x.y')") == error("9: not a dotted version: 'x.y'"));
  CHECK(eval("env.torch.version.satisfies('~~2')").find("column 29: ") != std::string::npos);
  CHECK(eval("1 && true") == error("3: && wants bools, not an int"));
  CHECK(eval("[1, 'a']") == error("5: a list holds values of one type: an int and a string"));
  CHECK(eval("has(1)") == error("5: has() wants a fact, an entry or a field"));
  CHECK(eval("gpus.exists(driver, true)") == error("13: 'driver' is the name of a fact"));
  CHECK(eval("gpus.exists(g, 1)") == error("16: exists wants a bool, not an int"));
  CHECK(eval("driver.module_version.size") == error("23: a version has no member 'size'"));
  CHECK(eval("{'a': 1}") == error("1: there are no map literals"));
}

TEST_CASE("lists of constants and of facts") {
  CHECK(eval("driver.modules.filter(m, m in ['nvidia', 'nouveau'])") == value(R"(["nvidia"])"));
  CHECK(eval("['1.2', 'X'].map(v, v.lowerAscii() + '!').join()") == value("\"1.2!x!\""));
  CHECK(eval("[string(driver.module_version), 'x']") == value(R"(["535.104.05","x"])"));
  CHECK(eval("size(['a', 'b']) == 2 && [] == []") == value("true"));
}

TEST_CASE("an unknown name makes a list wrong, whatever stands behind it") {
  for (const auto* list :
       {"[wrong]", "[wrong, 0]", "[0, wrong]", "[wrong, wrong, 0]", "[wrong, 0] == [0, 0]"}) {
    INFO(list);
    CHECK(eval(list).starts_with(R"({"error":"line 1, column )"));
  }
}

TEST_CASE("no function takes more than evaluation has place for") {
  for (const auto& function : rules::functions()) {
    INFO(function.name);
    CHECK(function.parameters.size() <= rules::kMostParameters);
  }
}
