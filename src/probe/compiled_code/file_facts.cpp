#include "probe/compiled_code/file_facts.hpp"

#include <algorithm>
#include <array>

#include "elf/versions.hpp"
#include "gpu_code/gpu_code.hpp"
#include "probe/reading.hpp"

namespace preflight::probe::compiled_code {

namespace {

struct VersionFact {
  std::string_view fact;
  std::string_view prefix;  // of the symbol versions' names
};

constexpr std::array<VersionFact, 3> kVersionFacts = {
    {{"needs.glibc", "GLIBC_"}, {"needs.glibcxx", "GLIBCXX_"}, {"needs.cxxabi", "CXXABI_"}}};

void write_needed_versions(const loader::Image& image, facts::SubjectWriter& subject) {
  const auto needed = elf::needed_versions(image.file, image.dynamic);
  if (!needed) {
    set_rest_error(subject, "needs.", needed.error(), image.path);
    return;
  }
  std::vector<std::string> names;
  for (const auto& version : *needed) names.push_back(version.version);
  for (const auto& [fact, prefix] : kVersionFacts) {
    if (const auto highest = elf::highest_version(names, prefix)) {
      subject.set(fact, *highest, image.path);
    } else {
      subject.absent(fact, image.path);
    }
  }
}

void write_gpu_code(const Result<gpu_code::GpuCode>& code, std::string_view source,
                    facts::SubjectWriter& subject) {
  if (!code) {
    set_rest_error(subject, "gpu_code.", code.error(), source);
    return;
  }
  subject.set("gpu_code.sass", facts::string_list(gpu_code::sass_names(*code)), source);
  subject.set("gpu_code.ptx", facts::string_list(gpu_code::ptx_names(*code)), source);
  subject.set("gpu_code.stub", gpu_code::only_stubs(*code), source);
  subject.set("gpu_code.compressed", gpu_code::has_compressed(*code), source);
  gpu_code::PtxVersion newest;
  for (const auto& ptx : code->ptx) newest = std::max(newest, ptx.newest);
  if (newest.major == 0) {
    subject.absent("gpu_code.ptx_version", source);
  } else {
    subject.set("gpu_code.ptx_version", std::to_string(newest.major) + "." + std::to_string(newest.minor),
                source);
  }
}

}  // namespace

void write_file_facts(const loader::Image& image, GpuCodes& gpu_codes, facts::SubjectWriter& subject) {
  write_needed_versions(image, subject);
  subject.set("executable_stack", elf::requests_executable_stack(image.file), image.path);
  write_gpu_code(gpu_codes.of(image.path), image.path, subject);
}

}  // namespace preflight::probe::compiled_code
