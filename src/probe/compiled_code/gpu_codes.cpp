#include "probe/compiled_code/gpu_codes.hpp"

namespace preflight::probe::compiled_code {

const Result<gpu_code::GpuCode>& GpuCodes::of(const std::string& path) {
  const auto known = codes_.find(path);
  if (known != codes_.end()) return known->second;
  const auto source = files_->open(path);
  auto code = source ? gpu_code::read_gpu_code(**source) : Result<gpu_code::GpuCode>(source.error());
  return codes_.emplace(path, std::move(code)).first->second;
}

}  // namespace preflight::probe::compiled_code
