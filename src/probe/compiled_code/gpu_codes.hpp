// The GPU code of files, read once however often it is asked for.
#pragma once

#include <map>
#include <string>

#include "gpu_code/gpu_code.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe::compiled_code {

class GpuCodes {
 public:
  explicit GpuCodes(const target::FileTree& files) : files_(&files) {}

  // Of a file by its path, links resolved. Reads the file by itself: the few bytes that are wanted stand far
  // apart, so that what serves symbol tables, pages that are kept, would cost a hundred times as much.
  const Result<gpu_code::GpuCode>& of(const std::string& path);

 private:
  const target::FileTree* files_;
  std::map<std::string, Result<gpu_code::GpuCode>, std::less<>> codes_;
};

}  // namespace preflight::probe::compiled_code
