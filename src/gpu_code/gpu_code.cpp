#include "gpu_code/gpu_code.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "gpu_code/fatbin.hpp"

namespace preflight::gpu_code {

namespace {

// CUDA's fatbinary_section.h; cuobjdump looks for these names, too.
constexpr std::array<std::string_view, 2> kSections{".nv_fatbin", "__nv_relfatbin"};

// Machine code without a kernel has 616 (CUDA 11) to 2248 bytes (CUDA 13), with the smallest kernel 2984
// (CUDA 13).
constexpr std::uint64_t kLargestStub = 2304;

class Summary {
 public:
  void add(std::size_t container, const Entry& entry) {
    auto& found = (entry.kind == Kind::sass ? sass_ : ptx_)[entry.architecture];
    if (found.containers == 0 || found.last_container != container) ++found.containers;
    found.last_container = container;
    largest_ = std::max(largest_, entry.size);
    found.compressed = found.compressed || entry.compressed;
    const PtxVersion version{entry.version_major, entry.version_minor};
    found.oldest = found.oldest ? std::min(*found.oldest, version) : version;
    found.newest = std::max(found.newest, version);
  }

  GpuCode code(std::size_t containers) const {
    GpuCode code;
    code.containers = containers;
    code.largest = largest_;
    code.sass.reserve(sass_.size());
    for (const auto& [architecture, found] : sass_) {
      code.sass.push_back({architecture, found.containers, found.compressed});
    }
    code.ptx.reserve(ptx_.size());
    for (const auto& [architecture, found] : ptx_) {
      code.ptx.push_back({architecture, found.containers, found.compressed, *found.oldest, found.newest});
    }
    return code;
  }

 private:
  struct Found {
    std::size_t containers = 0;
    std::size_t last_container = 0;
    bool compressed = false;
    std::optional<PtxVersion> oldest;
    PtxVersion newest;
  };
  std::uint64_t largest_ = 0;
  std::map<Architecture, Found> sass_;
  std::map<Architecture, Found> ptx_;
};

constexpr elf::Machine kGpu{190};  // EM_CUDA

struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

Result<GpuCode> read_extents(const ByteSource& source, const std::vector<Extent>& extents) {
  Summary summary;
  FatbinReader reader(source,
                      [&](std::size_t container, const Entry& entry) { summary.add(container, entry); });
  for (const auto& extent : extents) {
    const auto count = reader.read(extent.offset, extent.size);
    if (!count) return count.error();
  }
  return summary.code(reader.containers());
}

std::size_t needed_containers(const GpuCode& code, Share share) {
  return share == Share::most ? code.containers / 2 + 1 : 1;
}

template <class Code>
std::vector<std::string> names_of(const std::vector<Code>& all, std::size_t needed_containers,
                                  std::string (*name)(Architecture)) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const auto& found : all) {
    if (found.containers >= needed_containers) names.push_back(name(found.architecture));
  }
  return names;
}

bool begins_with_fatbin(const ByteSource& source) {
  std::array<std::byte, 4> magic{};
  const auto count = source.read_at(0, magic);
  return count && *count == magic.size() && elf::Fields(magic, {}).u32() == kFatbinMagic;
}

}  // namespace

Result<GpuCode> read_gpu_code(const elf::File& file) {
  if (file.header().machine == kGpu) return Error{ErrorKind::unsupported, "machine code of a GPU alone"};
  const auto sections = file.sections();
  if (!sections) return sections.error();
  std::vector<Extent> extents;
  for (const auto& section : *sections) {
    if (section.type == elf::kSectionNoBits) continue;
    if (std::ranges::find(kSections, section.name) == kSections.end()) continue;
    extents.push_back({section.offset, section.size});
  }
  return read_extents(file.source(), extents);
}

Result<GpuCode> read_gpu_code(const ByteSource& source) {
  if (begins_with_fatbin(source)) return read_extents(source, {{0, source.size()}});
  const auto file = elf::File::open(source);
  if (!file) return file.error();
  return read_gpu_code(*file);
}

bool has_sass_for(const GpuCode& code, ComputeCapability gpu) {
  return std::ranges::any_of(code.sass,
                             [&](const SassCode& found) { return runs_on(found.architecture, gpu); });
}

bool has_ptx_for(const GpuCode& code, ComputeCapability gpu) {
  return std::ranges::any_of(code.ptx,
                             [&](const PtxCode& found) { return compiles_for(found.architecture, gpu); });
}

std::vector<std::string> sass_names(const GpuCode& code, Share share) {
  return names_of(code.sass, needed_containers(code, share), sass_name);
}

std::vector<std::string> ptx_names(const GpuCode& code, Share share) {
  return names_of(code.ptx, needed_containers(code, share), ptx_name);
}

bool only_stubs(const GpuCode& code) {
  return !code.sass.empty() && code.ptx.empty() && code.largest <= kLargestStub;
}

bool has_compressed(const GpuCode& code) {
  return std::ranges::any_of(code.sass, &SassCode::compressed) ||
         std::ranges::any_of(code.ptx, &PtxCode::compressed);
}

}  // namespace preflight::gpu_code
