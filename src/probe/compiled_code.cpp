// What import torch loads in each environment, from where; the packages' compiled files; GPU code.
#include <algorithm>
#include <array>
#include <set>

#include "loader/link.hpp"
#include "probe/compiled_code/extensions.hpp"
#include "probe/compiled_code/file_facts.hpp"
#include "probe/compiled_code/loaded_libraries.hpp"
#include "probe/compiled_code/symbol_origin.hpp"
#include "probe/compiled_code/torch_import.hpp"
#include "probe/compiled_code/torch_links.hpp"
#include "probe/environments/compiled_files.hpp"
#include "probe/environments/discovery.hpp"
#include "probe/environments/import_path.hpp"
#include "probe/environments/interpreter.hpp"
#include "probe/environments/packages.hpp"
#include "probe/environments/reads.hpp"
#include "probe/environments/torch.hpp"
#include "probe/loader_variables.hpp"
#include "probe/probe.hpp"

namespace preflight::probe {

namespace {

using environments::Installation;
using facts::Gap;
using target::join_path;

struct Counts {
  std::size_t libraries = 0;
  std::size_t extensions = 0;
};

struct Program {
  elf::Machine machine{};
  std::string loader;
};

Result<Program> read_program(const target::FileTree& files, const std::string& path) {
  if (path.empty()) return Error{ErrorKind::not_found, "the environment has no interpreter"};
  const auto source = files.open(path);
  if (!source) return source.error();
  const auto file = elf::File::open(**source);
  if (!file) return file.error();
  const auto loader = elf::interpreter_of(*file);
  return Program{file->header().machine, loader ? *loader : std::string()};
}

std::vector<std::string> own_directories(const target::FileTree& files, const Installation& python,
                                         const environments::ImportPath& import_path) {
  std::vector<std::string> directories;
  for (const auto& directory : import_path.directories) directories.push_back(directory.path);
  if (files.exists(join_path(python.prefix, "conda-meta"))) directories.push_back(python.prefix);
  return directories;
}

class EnvironmentReader {
 public:
  EnvironmentReader(const Context& context, const environments::Surroundings& surroundings,
                    facts::FactWriter& writer)
      : files_(context.files),
        surroundings_(surroundings),
        variables_(loader_variables(context)),
        writer_(writer) {}

  void read(const environments::Environment& environment) {
    auto subject = writer_.subject("environment", environment.id);
    const auto import_path = environments::read_import_path(files_, surroundings_, environment.python);
    const auto torch = environments::find_torch(files_, import_path);
    if (!torch) {
      subject.rest_absent("load.", environment.id);
      subject.rest_absent("gpu_code.", environment.id);
      return;
    }
    const auto program = read_program(files_, environment.python.real_executable);
    if (!program) {
      give_up(subject, program.error());
      return;
    }
    follow(environment, import_path, *torch, *program, subject);
  }

  const Counts& counts() const { return counts_; }

 private:
  static void give_up(facts::SubjectWriter& subject, const Error& error) {
    const auto gap = error.kind == ErrorKind::not_found ? Gap::not_observable : Gap::unreadable;
    subject.rest_unknown("load.", {error.message, gap}, compiled_code::kLoaderSearch);
    subject.rest_unknown("gpu_code.", {error.message, gap}, compiled_code::kLoaderSearch);
  }

  void follow(const environments::Environment& environment, const environments::ImportPath& import_path,
              const std::string& torch, const Program& program, facts::SubjectWriter& subject) {
    if (!variables_) {
      give_up(subject, {ErrorKind::io, "the process' variables: " + variables_.error().message});
      return;
    }
    std::vector<std::string> problems;
    const auto settings =
        loader::read_settings(files_, *variables_, program.machine, program.loader, problems);
    if (!problems.empty()) {
      give_up(subject, {ErrorKind::io, problems.front()});
      return;
    }
    loader::Images images(files_, program.machine);
    loader::Process process(files_, settings, images);
    const auto import = compiled_code::import_torch(files_, environment.python, import_path, torch, process);
    if (!import.problem.empty()) {
      give_up(subject, {ErrorKind::malformed, import.problem});
      return;
    }
    const auto packages = environments::read_packages(files_, import_path);
    const auto compiled = environments::find_compiled_files(files_, import_path, packages);
    compiled_code::GpuCodes gpu_codes(files_);
    gpu_codes.read_ahead(paths_of(process, compiled));
    loader::Linker linker;
    compiled_code::write_torch_links(import, process, linker, subject);
    write_torch_code(process, gpu_codes, subject);
    const compiled_code::EnvironmentFiles own{environment.id,
                                              own_directories(files_, environment.python, import_path),
                                              compiled_code::find_own_copies(files_, import_path)};
    counts_.libraries += compiled_code::write_loaded_libraries(own, import, process, gpu_codes, writer_);
    counts_.extensions += compiled_code::write_extensions(
        {files_, environment.id, import, process, images, linker, gpu_codes}, compiled.files, writer_);
  }

  // Every file that may hold GPU code, each once.
  std::vector<std::string> paths_of(const loader::Process& process,
                                    const environments::CompiledFiles& compiled) const {
    std::set<std::string> paths;
    for (const auto& object : process.objects()) paths.insert(object.image->path);
    for (const auto& file : compiled.files) {
      if (auto path = files_.resolve(file.path)) paths.insert(std::move(*path));
    }
    return {paths.begin(), paths.end()};
  }

  // What nearly every kernel of torch was compiled for.
  static void write_torch_code(const loader::Process& process, compiled_code::GpuCodes& gpu_codes,
                               facts::SubjectWriter& subject) {
    const auto cuda = process.find("libtorch_cuda.so");
    if (!cuda) {
      subject.rest_absent("gpu_code.", compiled_code::kLoaderSearch);
      return;
    }
    const auto& image = *process.objects()[*cuda].image;
    const auto& code = gpu_codes.of(image.path);
    if (!code) {
      subject.rest_unknown("gpu_code.", {code.error().message, Gap::unreadable}, image.path);
      return;
    }

    constexpr auto kMost = gpu_code::Share::most;
    subject.set("gpu_code.sass", facts::string_list(gpu_code::sass_names(*code, kMost)), image.path);
    subject.set("gpu_code.ptx", facts::string_list(gpu_code::ptx_names(*code, kMost)), image.path);
  }

  const target::FileTree& files_;
  const environments::Surroundings& surroundings_;
  Result<loader::Variables> variables_;
  facts::FactWriter& writer_;
  Counts counts_;
};

void run_compiled_code(const Context& context, facts::FactWriter& writer) {
  const auto surroundings = environments::read_surroundings(context);
  const auto found = environments::discover(context, surroundings);
  EnvironmentReader reader(context, surroundings, writer);
  for (const auto& environment : found.environments) reader.read(environment);
  for (const auto& [path, error] : found.missing) {
    auto subject = writer.subject("environment", path);
    for (const auto* const prefix : {"load.", "gpu_code."}) {
      subject.rest_unknown(prefix, {path + " is no Python environment: " + error.message, Gap::unreadable},
                           path);
    }
  }
  const auto& counts = reader.counts();
  writer.host().set("loaded_libraries", static_cast<std::int64_t>(counts.libraries),
                    compiled_code::kLoaderSearch);
  writer.host().set("extensions", static_cast<std::int64_t>(counts.extensions), compiled_code::kLoaderSearch);
}

constexpr std::string_view kLoaderReads[] = {
    loader::kCachePath, loader::kPreloadPath, loader::kProcessorPath, "/lib*/ld-linux*", "**/*.so",
    "**/*.so.*",        "**/RECORD",          "**/glibc-hwcaps/**"};
constexpr auto kCompiledCodeReads = [] {
  std::array<std::string_view, std::size(kLoaderReads) + std::size(environments::kReads)> all{};
  std::ranges::copy(environments::kReads, std::ranges::copy(kLoaderReads, all.begin()).out);
  return all;
}();

}  // namespace

Probe compiled_code_probe() {
  static constexpr Sets kSets[] = {{"environment", "load."},     {"environment", "gpu_code."},
                                   {"loaded_library", ""},       {"extension", ""},
                                   {"host", "loaded_libraries"}, {"host", "extensions"}};
  return {"compiled-code",
          "What import torch loads and from where, whether compiled extensions link, and for which GPUs "
          "there is code",
          Needs::files,
          kCompiledCodeReads,
          kSets,
          run_compiled_code};
}

}  // namespace preflight::probe
