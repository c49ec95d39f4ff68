#include "torch_installation.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "run_probe.hpp"
#include "target/directory_tree.hpp"

namespace preflight::test {

namespace {

// The live machine, but for the variables of the process.
class WithVariables final : public target::FileTree {
 public:
  WithVariables(const target::FileTree& files, std::string variables)
      : files_(files), variables_(std::move(variables)) {}

  Result<target::FileStatus> status(std::string_view path) const override { return files_.status(path); }
  Result<std::string> resolve(std::string_view path) const override { return files_.resolve(path); }
  Result<std::string> read_link(std::string_view path) const override { return files_.read_link(path); }
  Result<std::vector<target::DirectoryEntry>> list(std::string_view path) const override {
    return files_.list(path);
  }
  Result<std::string> read_head(std::string_view path, std::size_t limit) const override {
    if (path == "/proc/self/environ") return variables_.substr(0, limit);
    return files_.read_head(path, limit);
  }
  Result<std::unique_ptr<ByteSource>> open(std::string_view path) const override { return files_.open(path); }
  Result<target::Access> access(std::string_view path) const override { return files_.access(path); }
  Result<target::Usage> usage(std::string_view path) const override { return files_.usage(path); }

 private:
  const target::FileTree& files_;
  std::string variables_;
};

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

constexpr const char* kModule = R"(
def _preload_cuda_deps(lib_folder, lib_name):
    ctypes.CDLL(lib_folder)

def _load_global_deps():
    try:
        ctypes.CDLL(global_deps_lib_path, mode=ctypes.RTLD_GLOBAL)
    except OSError as err:
        cuda_libs: Dict[str, str] = {
            'cudnn': 'libcudnn.so.*[0-9]',
            'cuda_runtime': 'libcudart.so.*[0-9]',
            'nccl': 'libnccl.so.*[0-9]',
        }
        is_cuda_lib_err = [lib for lib in cuda_libs.values() if lib.split('.')[0] in err.args[0]]
        if not is_cuda_lib_err:
            raise err
        for lib_folder, lib_name in cuda_libs.items():
            _preload_cuda_deps(lib_folder, lib_name)
        ctypes.CDLL(global_deps_lib_path, mode=ctypes.RTLD_GLOBAL)
)";

}  // namespace

TorchInstallation::TorchInstallation() {
  const std::string site = "venv/lib/python3.11/site-packages/";
  root_.directory("venv/bin");
  root_.directory(site + "torch/lib");
  run("echo 'int main(void) { return 0; }' | cc -x c - -o " + quoted(prefix() + "/bin/python3.11"));
  root_.link("venv/bin/python3", "python3.11");
  root_.file("venv/lib/python3.11/os.py");
  root_.file(site + "torch/__init__.py", kModule);
  root_.file(site + "torch/version.py",
             "__version__ = '2.2.0+cu121'\ndebug = False\ncuda = '12.1'\ngit_version = 'x'\nhip = None\n");
  root_.file(site + "torch-2.2.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: torch\nVersion: 2.2.0\n");

  add({"nvidia/cuda_runtime/lib/libcudart.so.12", {}, "void cudaFree(void) {}"});
  add({"nvidia/cudnn/lib/libcudnn_graph.so.9", {}, "void cudnnGraph(void) {}"});
  add({.path = "nvidia/cudnn/lib/libcudnn.so.9", .code = "void cudnnCreate(void) {}", .runpath = "$ORIGIN"});
  add({"nvidia/nccl/lib/libnccl.so.2", {}, "void ncclCommSplit(void) {}"});
  add({.path = "torch/lib/libc10.so",
       .code = "void _ZN3c105ErrorC2ENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE(void) {}\n"
               "void _ZN3c103oldESs(void) {}"});
  add({.path = "torch/lib/libtorch_global_deps.so",
       .needs = {"nvidia/cuda_runtime/lib/libcudart.so.12"},
       .rpath = "$ORIGIN/../../nvidia/cuda_runtime/lib"});
  add({.path = "torch/lib/libtorch_cuda.so",
       .code = "void cudnnCreate(void); void ncclCommSplit(void); void use(void) { cudnnCreate(); "
               "ncclCommSplit(); }",
       .needs = {"torch/lib/libc10.so", "nvidia/cudnn/lib/libcudnn.so.9", "nvidia/nccl/lib/libnccl.so.2"},
       .rpath = "$ORIGIN/../../nvidia/cudnn/lib:$ORIGIN/../../nvidia/nccl/lib:$ORIGIN"});
  add({.path = "torch/_C.cpython-311-x86_64-linux-gnu.so",
       .needs = {"torch/lib/libtorch_cuda.so"},
       .rpath = "$ORIGIN/lib"});
}

void TorchInstallation::add(const SharedObject& object) const {
  const auto full = [&](const std::string& path) {
    return path.starts_with('/') ? path : packages() + "/" + path;
  };
  const std::string path = full(object.path);
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  const std::string source = root_ / "source.c";
  root_.file("source.c", object.code + "\n");
  const std::string soname =
      object.soname.empty() ? std::filesystem::path(path).filename().string() : object.soname;
  std::string command = "cc -shared -fPIC -nostdlib -Wl,--no-as-needed -Wl,-soname," + soname + " -o " +
                        quoted(path) + " " + quoted(source);
  for (const auto& needed : object.needs) command += " " + quoted(full(needed));
  if (!object.rpath.empty()) command += " -Wl,--disable-new-dtags,-rpath," + quoted(object.rpath);
  if (!object.runpath.empty()) command += " -Wl,--enable-new-dtags,-rpath," + quoted(object.runpath);
  run(command + " -Wl,--allow-shlib-undefined " + object.further_options);
}

void TorchInstallation::add_package(const std::string& name, const std::vector<std::string>& files) const {
  const std::string directory = "venv/lib/python3.11/site-packages/" + name + "-1.0.dist-info/";
  root_.file(directory + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n");
  std::string record;
  for (const auto& file : files) record += file + ",,\n";
  root_.file(directory + "RECORD", record);
}

void TorchInstallation::remove(const std::string& path) const {
  std::filesystem::remove(packages() + "/" + path);
}

facts::Document TorchInstallation::probe(const std::string& library_path, const std::string& preload) const {
  std::string variables;
  if (!library_path.empty()) variables += "LD_LIBRARY_PATH=" + library_path + '\0';
  if (!preload.empty()) variables += "LD_PRELOAD=" + preload + '\0';
  const auto live = target::DirectoryTree::make("/");
  const WithVariables files(**live, variables);
  facts::Document document;
  facts::FactWriter writer(document);
  find_probe("compiled-code").run({files, probe::SystemState::running, {prefix()}}, writer);
  return document;
}

bool can_make_torch() {
#if defined(__x86_64__) && defined(__GLIBC__)
  return std::system("cc --version >/dev/null 2>&1") == 0;
#else
  return false;
#endif
}

}  // namespace preflight::test
