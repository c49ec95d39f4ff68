// The compilers that PyTorch's and Triton's code generators call.
#include "probe/process_variables.hpp"
#include "probe/program_search.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

// And what CC names.
constexpr std::string_view kReads[] = {kVariablesPath, "**/gcc", "**/clang", "**/nvcc", "**/ptxas"};
constexpr Sets kSets[] = {{"host", "compiler."}};

void set_program(facts::SubjectWriter& host, std::string_view fact, const Result<std::string>& found,
                 std::string_view source) {
  if (found) {
    host.set(fact, *found, source);
  } else {
    set_error(host, fact, found.error(), source);
  }
}

// Triton 2 and 3 (triton/runtime/build.py): CC when it is set, even to nothing; else gcc, else clang.
void set_c_compiler(const Context& context, facts::SubjectWriter& host, const SearchPath& search) {
  const auto variables = process_variables(context.files);
  const bool running = context.state == SystemState::running && variables;
  const auto chosen = running ? variables->find("CC") : Variables::const_iterator{};
  if (running && chosen != variables->end()) {
    const auto& name = chosen->second;
    const bool is_path = name.starts_with('/');
    set_program(host, "compiler.c.path",
                is_path ? find_program(context.files, target::parent_path(name), target::base_name(name))
                        : find_program(context.files, search.directories, name),
                "variable CC");
    return;
  }
  auto found = find_program(context.files, search.directories, "gcc");
  if (!found) found = find_program(context.files, search.directories, "clang");
  set_program(host, "compiler.c.path", found, search.source);
}

void run(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto search = search_path(context);
  if (!search) {
    set_rest_error(host, "compiler.", search.error(), kVariablesPath);
    return;
  }
  set_c_compiler(context, host, *search);
  for (const auto* const name : {"nvcc", "ptxas"}) {
    set_program(host, std::string("compiler.") + name + ".path",
                find_program(context.files, search->directories, name), search->source);
  }
}

}  // namespace

Probe compilers_probe() {
  return {"compilers", "C compiler, nvcc and ptxas on PATH", Needs::files, kReads, kSets, run};
}

}  // namespace preflight::probe
