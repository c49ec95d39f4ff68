// How long 10,000 rules over one set of facts take: CPU time of loading from JSON text (parsing and type
// check included) and of judging. How long the program's own database does: rules and tables ready, what the
// tables say of the host derived, the rules judged. Medians over repetitions.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <time.h>
#include <vector>

#include "cli/database.hpp"
#include "derive/derive.hpp"
#include "facts/writer.hpp"
#include "rules/judge.hpp"
#include "rules/load.hpp"

using namespace preflight;

namespace {

constexpr int kRules = 10000;
constexpr int kRepetitions = 21;

double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// The conditions are of the kinds that real rules are of; `N` is replaced by a number, so that no two rules
// are the same. About one rule in 25 matches.
struct Pattern {
  const char* for_each;
  const char* let;
  const char* when;
  const char* title;
};
constexpr Pattern kPatterns[] = {
    {"", "", "driver.module_version < version('N.10')", "Driver {driver.module_version} is older than N"},
    {"environments", "\"let\": {\"floor\": \"table.cuda_family[env.torch.cuda.major()].min_driver\"}, ",
     "driver.module_version < floor && env.torch.cuda.minor() != N", "{env.torch.cuda} wants {floor}"},
    {"environments", "",
     "env.torch.version.satisfies('<2.3') && env.packages['numpy'] >= python_version('N.0')",
     "numpy {env.packages.numpy} with torch {env.torch.version}"},
    {"", "", "has(variables['NCCL_DEBUG']) && variables.NCCL_DEBUG == 'TRACEN'",
     "NCCL_DEBUG is {variables.NCCL_DEBUG}"},
    {"", "", "container.kind == 'docker' && shm.size <= N * 1024 && size(gpus) > 1",
     "/dev/shm has {shm.size} bytes"},
    {"gpus", "", "gpu.model.architecture == 'Blackwell' && driver.module_flavour == 'proprietaryN'",
     "{gpu.name} wants the open module"},
    {"", "", "gpus.exists(g, g.model.compute_capability >= version('N.0'))", "A GPU of capability N"},
    {"environments", "", "'flash-attnN' in env.packages || env.torch.variant == 'cpu'",
     "{env.prefix} has no CUDA"},
    {"", "", "driver.modules.exists(m, m == 'nouveau' || m.startsWith('novaN'))",
     "Modules: {driver.modules}"},
    {"", "", "has(variables.CUDA_VISIBLE_DEVICES) && size(variables.CUDA_VISIBLE_DEVICES.split(',')) > N",
     "CUDA_VISIBLE_DEVICES is {variables.CUDA_VISIBLE_DEVICES}"},
};

std::string numbered(std::string text, const std::string& number) {
  for (auto place = text.find('N'); place != std::string::npos; place = text.find('N', place + 1)) {
    const bool is_alone = (place == 0 || text[place - 1] < 'A' || text[place - 1] > 'Z') &&
                          (place + 1 == text.size() || text[place + 1] < 'A' || text[place + 1] > 'Z');
    const bool is_suffix = place > 4 && text.compare(place - 5, 5, "TRACE") == 0;
    if (is_alone || is_suffix) text.replace(place, 1, number);
  }
  return text;
}

std::string make_rules() {
  std::string text = "{\"rules\": [\n";
  for (int index = 0; index < kRules; ++index) {
    const Pattern& pattern = kPatterns[static_cast<std::size_t>(index) % std::size(kPatterns)];
    const std::string number = std::to_string(100 + index);
    if (index > 0) text += ",\n";
    text += "{\"id\": \"rule-" + number + "\", \"cause\": \"bench\", ";
    if (*pattern.for_each != '\0') text += std::string("\"for_each\": \"") + pattern.for_each + "\", ";
    text += pattern.let;
    text += "\"when\": \"" + numbered(pattern.when, number) + "\", \"severity\": \"warning\", ";
    text += "\"title\": \"" + numbered(pattern.title, number) + "\", ";
    text += "\"why\": \"The kernel {kernel.release} on {cpu.architecture} cannot do what this wants.\", ";
    text += "\"fix\": [\"Install another release of it.\", \"Or set the variable to 0.\"], ";
    text += "\"sources\": [\"https://example.org/issues/" + number + "\"], ";
    text +=
        "\"matches\": [{\"driver.module_version\": \"470.57.02\", \"kernel.release\": \"6.1.0-18-amd64\"}], ";
    text +=
        "\"passes\": [{\"driver.module_version\": \"535.104.05\", \"variables\": {\"NCCL_DEBUG\": "
        "\"INFO\"}}]}";
  }
  return text + "\n]}\n";
}

facts::Document make_facts() {
  facts::Document document;
  facts::FactWriter writer(document);
  auto& host = writer.host();
  host.set("driver.module_version", "535.104.05", "bench");
  host.set("driver.module_flavour", "proprietary", "bench");
  host.set("driver.modules", facts::string_list({"nvidia", "nvidia_uvm", "nvidia_modeset"}), "bench");
  host.set("kernel.release", "6.1.0-18-amd64", "bench");
  host.set("cpu.architecture", "x86_64", "bench");
  host.set("container.kind", "docker", "bench");
  host.set("shm.size", 67108864, "bench");
  host.set("variables", facts::Map{{"NCCL_DEBUG", "TRACE"}, {"CUDA_VISIBLE_DEVICES", "0,1,2,3"}}, "bench");
  host.set("gpus", 8, "bench");
  host.set("environments", 2, "bench");
  for (int index = 0; index < 8; ++index) {
    auto gpu = writer.subject("gpu", "0000:" + std::to_string(10 + index) + ":00.0");
    gpu.set("pci_id", "10de:2330", "bench");
    gpu.set("name", "NVIDIA H100", "bench");
  }
  for (const auto* prefix : {"/opt/venv", "/usr"}) {
    auto environment = writer.subject("environment", prefix);
    facts::Map packages;
    for (int index = 0; index < 300; ++index) packages.emplace("package-" + std::to_string(index), "1.2.3");
    packages.emplace("numpy", "2.1.0");
    environment.set("packages", std::move(packages), "bench");
    environment.set("prefix", prefix, "bench");
    environment.set("torch.version", "2.2.0+cu121", "bench");
    environment.set("torch.cuda", "12.1", "bench");
    environment.set("torch.variant", "cuda", "bench");
  }
  return document;
}

struct Times {
  std::vector<double> load, judge;
};

template <class Load>
Times measure(const Load& load, const facts::Document& document, const tables::Tables& tables) {
  Times times;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    const double begin = cpu_milliseconds();
    const rules::RuleSet set = load();
    const double loaded = cpu_milliseconds();
    const rules::Judgement judgement = rules::judge(set, document, tables);
    const double judged = cpu_milliseconds();
    times.load.push_back(loaded - begin);
    times.judge.push_back(judged - loaded);
    if (repetition == 0) {
      std::printf("  rules %zu, evaluated %zu, findings %zu, undecided %zu\n", set.rules.size(),
                  judgement.evaluated, judgement.findings.size(), judgement.undecided.size());
    }
  }
  return times;
}

void print(const Times& times) {
  std::printf("  load %.2f ms, judge %.2f ms, both %.2f ms of CPU\n", median(times.load), median(times.judge),
              median(times.load) + median(times.judge));
}

// What `check` does with the database once the facts are there.
void measure_database(const facts::Document& document) {
  constexpr double kLimit = 5;
  std::vector<double> times;
  std::size_t rules = 0;
  std::size_t tables = 0;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    facts::Document copy = document;
    const double begin = cpu_milliseconds();
    const auto all_tables = tables::embedded_tables();
    derive::run_derivations(copy, all_tables);
    const auto set = cli::shipped_rules();
    const auto judgement = rules::judge(set, copy, all_tables);
    times.push_back(cpu_milliseconds() - begin);
    rules = set.rules.size();
    tables = all_tables.size();
  }
  std::printf("database: %zu rules, %zu tables; load, derive and judge %.2f ms of CPU (limit %.0f)\n", rules,
              tables, median(times), kLimit);
}

}  // namespace

int main() {
  const auto tables = tables::embedded_tables();
  const facts::Document found = make_facts();
  facts::Document document = found;
  derive::run_derivations(document, tables);
  const std::string text = make_rules();
  const rules::Causes causes = {{"bench", "A cause."}};
  std::printf("synthetic rules, %.1f MB of JSON\n", static_cast<double>(text.size()) / 1e6);
  const auto load_synthetic = [&] {
    rules::Loaded loaded = rules::load_rules({{"bench.json", text}}, causes, tables);
    if (!loaded.problems.empty()) {
      std::fprintf(stderr, "%s\n", to_text(loaded.problems.front()).c_str());
      std::exit(1);
    }
    return std::move(loaded.set);
  };
  print(measure(load_synthetic, document, tables));
  std::printf("rules of the program\n");
  print(measure(cli::shipped_rules, document, tables));
  measure_database(found);
  return 0;
}
