#include "probe/compiled_code/gpu_codes.hpp"

#include <system_error>

namespace preflight::probe::compiled_code {

namespace {

constexpr std::size_t kReaders = 2;

Result<gpu_code::GpuCode> read(const target::FileTree& files, const std::string& path) {
  const auto source = files.open(path);
  if (!source) return source.error();
  return gpu_code::read_gpu_code(**source);
}

}  // namespace

void GpuCodes::read_ahead(const std::vector<std::string>& paths) {
  for (std::size_t reader = 0; reader < kReaders; ++reader) {
    const auto read_share = [files = files_, paths, reader] {
      Codes codes;
      for (std::size_t index = reader; index < paths.size(); index += kReaders) {
        codes.emplace(paths[index], read(*files, paths[index]));
      }
      return codes;
    };
    try {
      ahead_.push_back(std::async(std::launch::async, read_share));
    } catch (const std::system_error&) {
      return;  // no thread to be had: each file is read when it is asked for
    }
  }
}

const Result<gpu_code::GpuCode>& GpuCodes::of(const std::string& path) {
  for (auto& share : ahead_) codes_.merge(share.get());
  ahead_.clear();
  const auto known = codes_.find(path);
  return known != codes_.end() ? known->second : codes_.emplace(path, read(*files_, path)).first->second;
}

}  // namespace preflight::probe::compiled_code
