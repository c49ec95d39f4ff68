// The GPU code of files, read once however often it is asked for, and ahead of that where it is known which
// files will be.
#pragma once

#include <future>
#include <map>
#include <string>
#include <vector>

#include "gpu_code/gpu_code.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe::compiled_code {

class GpuCodes {
 public:
  // The tree must serve open() to several threads.
  explicit GpuCodes(const target::FileTree& files) : files_(&files) {}

  // Begins to read these files beside whatever the caller does: their headers stand far apart, and each read
  // is a call into the kernel.
  void read_ahead(const std::vector<std::string>& paths);

  // Of a file by its path, links resolved. Each file is opened anew: the few bytes that are wanted stand far
  // apart, so that what serves symbol tables, pages that are kept, would cost a hundred times as much.
  const Result<gpu_code::GpuCode>& of(const std::string& path);

 private:
  using Codes = std::map<std::string, Result<gpu_code::GpuCode>, std::less<>>;

  const target::FileTree* files_;
  Codes codes_;
  std::vector<std::future<Codes>> ahead_;
};

}  // namespace preflight::probe::compiled_code
