// The compilers that PyTorch's and Triton's code generators call.
#include <initializer_list>
#include <string>

#include "probe/building/compiler.hpp"
#include "probe/process_variables.hpp"
#include "probe/program_search.hpp"
#include "probe/reading.hpp"
#include "probe/toolkit/toolkit_version.hpp"

namespace preflight::probe {

namespace {

void set_program(facts::SubjectWriter& host, std::string_view fact, const Result<std::string>& found,
                 std::string_view source) {
  if (found) {
    host.set(fact, *found, source);
  } else {
    set_error(host, fact, found.error(), source);
  }
}

// A program that a variable names, by its path or by PATH.
Result<std::string> find_named(const Context& context, const SearchPath& search, const std::string& name) {
  if (!name.starts_with('/')) return find_program(context.files, search.directories, name);
  return find_program(context.files, target::parent_path(name), target::base_name(name));
}

struct FoundCompiler {
  Result<std::string> path;
  std::string source;
};

// What the variable names when it is set, even to nothing; else the first of the programs on PATH. So do
// Triton 2 and 3 with CC (triton/runtime/build.py), and torch's build helper with CXX.
FoundCompiler find_compiler(const Context& context, const SearchPath& search, std::string_view variable,
                            std::initializer_list<std::string_view> programs) {
  if (context.state == SystemState::running) {
    const auto variables = process_variables(context.files);
    if (variables && variables->contains(variable)) {
      return {find_named(context, search, variables->find(variable)->second),
              "variable " + std::string(variable)};
    }
  }
  FoundCompiler found{Error{ErrorKind::not_found, "no such program"}, search.source};
  for (const auto program : programs) {
    found.path = find_program(context.files, search.directories, program);
    if (found.path) break;
  }
  return found;
}

// What the file of the C compiler tells of it.
void set_c_compiler(const target::FileTree& files, facts::SubjectWriter& host, const std::string& path) {
  const auto compiler = building::identify_compiler(files, path);
  if (!compiler) {
    host.rest_unknown("compiler.c.", {"a program that is neither gcc nor clang"}, path);
    return;
  }
  host.set("compiler.c.kind", compiler->kind, path);
  if (!compiler->version) {
    host.rest_unknown("compiler.c.", {compiler->version.error().message}, path);
    return;
  }
  host.set("compiler.c.version", *compiler->version, path);
  set_program(host, "compiler.c.headers", compiler->headers, path);
}

void set_assembler_version(const target::FileTree& files, facts::SubjectWriter& host,
                           const Result<std::string>& path) {
  if (!path) {
    set_error(host, "compiler.ptxas.version", path.error(), "PATH");
    return;
  }
  const auto file = files.open(*path);
  const auto version = file ? toolkit::version_of_compiler(**file) : Result<std::string>(file.error());
  if (version) {
    host.set("compiler.ptxas.version", *version, *path + " .rodata");
  } else {
    host.unknown("compiler.ptxas.version", {version.error().message, facts::Gap::unreadable}, *path);
  }
}

void run_compilers(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto search = search_path(context);
  if (!search) {
    set_rest_error(host, "compiler.", search.error(), kVariablesPath);
    return;
  }
  const auto c = find_compiler(context, *search, "CC", {"gcc", "clang"});
  set_program(host, "compiler.c.path", c.path, c.source);
  if (c.path) {
    set_c_compiler(context.files, host, *c.path);
  } else {
    set_rest_error(host, "compiler.c.", c.path.error(), c.source);
  }
  const auto cxx = find_compiler(context, *search, "CXX", {"c++", "g++", "clang++"});
  set_program(host, "compiler.cxx.path", cxx.path, cxx.source);
  const auto nvcc = find_program(context.files, search->directories, "nvcc");
  set_program(host, "compiler.nvcc.path", nvcc, search->source);
  const auto ptxas = find_program(context.files, search->directories, "ptxas");
  set_program(host, "compiler.ptxas.path", ptxas, search->source);
  set_assembler_version(context.files, host, ptxas);
}

}  // namespace

Probe compilers_probe() {
  // And what CC and CXX name, and where the links of all these lead.
  static constexpr std::string_view kReads[] = {
      kVariablesPath, "**/gcc*",   "**/g++*",   "**/c++*",       "**/clang*",      "**/nvcc",
      "**/ptxas",     "**/*-gcc*", "**/*-g++*", "**/lib/gcc/**", "**/lib/clang/**"};
  static constexpr Sets kSets[] = {{"host", "compiler."}};
  return {"compilers",  "C and C++ compilers, nvcc and ptxas on PATH", Needs::files, kReads, kSets,
          run_compilers};
}

}  // namespace preflight::probe
