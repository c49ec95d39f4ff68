// The shapes that _load_global_deps has had, in short texts of our own.
#include "python/torch_preloads.hpp"

#include "catch.hpp"

using namespace preflight;
using python::Preload;
using python::read_torch_preloads;

namespace {

using Preloads = std::vector<Preload>;
using Texts = std::vector<std::string>;

// 1.13: two files, by name.
constexpr auto kOldest = R"py(
def _preload_cuda_deps():
    for path in sys.path:
        nvidia_path = os.path.join(path, 'nvidia')
        if not os.path.exists(nvidia_path):
            continue
        one = os.path.join(nvidia_path, 'cublas', 'lib', 'libcublas.so.11')
    ctypes.CDLL(one)

def _load_global_deps():
    try:
        ctypes.CDLL(lib_path, mode=ctypes.RTLD_GLOBAL)
    except OSError as err:
        if 'libcublas.so.11' not in err.args[0]:
            raise err
        _preload_cuda_deps()
)py";

// 2.0 to 2.5: only when loading failed, only below nvidia.
constexpr auto kFirst = R"py(
import os
def _preload_cuda_deps(lib_folder, lib_name):
    """Finds one; "nvidia" is 'looked' into."""
    for path in sys.path:
        nvidia_path = os.path.join(path, 'nvidia')
        if not os.path.exists(nvidia_path):
            continue
        found = glob.glob(os.path.join(nvidia_path, lib_folder, 'lib', lib_name))
    ctypes.CDLL(found[0])

# A comment at the margin
def _load_global_deps() -> None:
    lib_path = 'libtorch_global_deps' + ('.dylib' if mac() else '.so')
    try:
        ctypes.CDLL(lib_path, mode=ctypes.RTLD_GLOBAL)
    except OSError as err:
        # a wheel's
        cuda_libs: Dict[str, str] = {
            'cublas': 'libcublas.so.*[0-9]',
            'cuda_nvrtc': 'libnvrtc.so.*[0-9].*[0-9]',  # 'not': 'this'
        }
        hits = [lib for lib in cuda_libs.values() if lib.split('.')[0] in err.args[0]]
        if not hits:
            raise err
        for lib_folder, lib_name in cuda_libs.items():
            _preload_cuda_deps(lib_folder, lib_name)
        ctypes.CDLL(lib_path, mode=ctypes.RTLD_GLOBAL)


if USE:
    _preload_cuda_deps("never", "this")
)py";

// 2.6: two more after loading, and a second place.
constexpr auto kSecond = R"py(
def _preload_cuda_deps(lib_folder: str, lib_name: str) -> None:
    for path in sys.path:
        nvidia_path = os.path.join(path, "nvidia")
        if not os.path.exists(nvidia_path):
            continue
        found = glob.glob(
            os.path.join(nvidia_path, lib_folder, "lib", lib_name)
        )
        if not found:
            found = glob.glob(
                os.path.join(path, lib_folder, "lib", lib_name)
            )

def _load_global_deps() -> None:
    try:
        ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
        try:
            with open("/proc/self/maps") as f:
                _maps = f.read()
            if "nvidia/cuda_runtime/lib/libcudart.so" not in _maps:
                return
            _preload_cuda_deps("cuda_nvrtc", "libnvrtc.so.*[0-9]")
            _preload_cuda_deps(
                "nvjitlink", "libnvJitLink.so.*[0-9]"
            )
        except Exception:
            pass

    except OSError as err:
        cuda_libs: _Dict[str, str] = {
            "cudnn": "libcudnn.so.*[0-9]",
        }
        for lib_folder, lib_name in cuda_libs.items():
            _preload_cuda_deps(lib_folder, lib_name)
)py";

// 2.7 and 2.8: one of the list depends on the CUDA version.
constexpr auto kThird = R"py(
def _get_cuda_dep_paths(path: str, lib_folder: str, lib_name: str) -> list[str]:
    first = glob.glob(os.path.join(path, "nvidia", lib_folder, "lib", lib_name))
    return first + glob.glob(os.path.join(path, lib_folder, "lib", lib_name))

def _preload_cuda_deps(lib_folder: str, lib_name: str) -> None:
    for path in sys.path:
        found = _get_cuda_dep_paths(path, lib_folder, lib_name)

def _load_global_deps() -> None:
    try:
        ctypes.CDLL(path)
        try:
            if "nvidia/cuda_runtime/lib/libcudart.so" not in _maps:
                return
            _preload_cuda_deps("cuda_nvrtc", "libnvrtc.so.*[0-9]")
        except Exception:
            pass
    except OSError as err:
        cuda_libs: dict[str, str] = {"nccl": "libnccl.so.*[0-9]"}
        if cuda_version is not None:
            t_major = int(cuda_version.split(".")[0])
            if t_major >= 12:
                cuda_libs["cufile"] = "libcufile.so.*[0-9]"
        for lib_folder, lib_name in cuda_libs.items():
            _preload_cuda_deps(lib_folder, lib_name)
)py";

// 2.9: the CUDA major's folder, and an optional library.
constexpr auto kFourth = R"py(
def _get_cuda_dep_paths(path: str, lib_folder: str, lib_name: str) -> list[str]:
    from torch.version import cuda as cuda_version

    found = glob.glob(os.path.join(path, "nvidia", lib_folder, "lib", lib_name))
    if cuda_version is not None:
        maj_cuda_version = cuda_version.split(".")[0]
        found += glob.glob(
            os.path.join(path, "nvidia", f"cu{maj_cuda_version}", "lib", lib_name)
        )
    return found + glob.glob(os.path.join(path, lib_folder, "lib", lib_name))


def _preload_cuda_deps(lib_folder: str, lib_name: str, required: bool = True) -> None:  # type: ignore
    for path in sys.path:
        found = _get_cuda_dep_paths(path, lib_folder, lib_name)


def _load_global_deps() -> None:
    try:
        ctypes.CDLL(path)
        try:
            if "libcudart.so" not in _maps:
                return
            _preload_cuda_deps("cuda_nvrtc", "libnvrtc.so.*[0-9]")
            _preload_cuda_deps("cuda_nvrtc", "libnvrtc-builtins.so.*[0-9]")
        except Exception:
            pass
    except OSError as err:
        cuda_libs: dict[str, str] = {"nvshmem": "libnvshmem_host.so.*[0-9]"}
        for lib_folder, lib_name in cuda_libs.items():
            _preload_cuda_deps(lib_folder, lib_name)
        _preload_cuda_deps("nvtx", "libnvToolsExt.so.*[0-9]", required=False)
)py";

// After 2.9: a list of its own, used after loading (what is there) and after a failure (all of it).
constexpr auto kFifth = R"py(
def _preload_cuda_lib(lib_folder: str, lib_name: str, required: bool = True) -> None:  # type: ignore
    pass


def _preload_cuda_deps(err: OSError | None = None, required: bool = True) -> None:
    cuda_libs: list[tuple[str, str]] = [
        # NOTE: ("order", "matters")
        ("cublas", "libcublasLt.so.*[0-9]"),
        ("cublas", "libcublas.so.*[0-9]"),
    ]
    if err is not None and not [
        lib for _, lib in cuda_libs if lib.split(".", 1)[0] in err.args[0]
    ]:
        raise err
    for lib_folder, lib_name in cuda_libs:
        _preload_cuda_lib(lib_folder, lib_name, required=required)
    _preload_cuda_lib("nvtx", "libnvToolsExt.so.*[0-9]", required=False)


def _load_global_deps() -> None:
    try:
        ctypes.CDLL(path)
        try:
            if "libcudart.so" not in _maps:
                return
            _preload_cuda_deps(required=False)
        except Exception:
            pass
    except OSError as err:
        _preload_cuda_deps(err)
        ctypes.CDLL(path)
)py";

python::TorchPreloads read(std::string_view text) {
  const auto preloads = read_torch_preloads(text);
  REQUIRE(preloads);
  return *preloads;
}

}  // namespace

TEST_CASE("1.13 preloads files by name when loading failed") {
  const auto preloads = read(kOldest);
  CHECK(preloads.after.empty());
  CHECK(preloads.on_error == Preloads{{"cublas", "libcublas.so.11"}});
  CHECK(preload_directories(preloads, "cublas", 11) == Texts{"nvidia/cublas/lib"});
}

TEST_CASE("2.0 to 2.5 preload when loading failed") {
  const auto preloads = read(kFirst);
  CHECK(preloads.condition.empty());
  CHECK(preloads.after.empty());
  CHECK(preloads.on_error ==
        Preloads{{"cublas", "libcublas.so.*[0-9]"}, {"cuda_nvrtc", "libnvrtc.so.*[0-9].*[0-9]"}});
  CHECK(preload_directories(preloads, "cublas", 12) == Texts{"nvidia/cublas/lib"});
  CHECK(preloads.only_beside_nvidia);
}

TEST_CASE("2.6 preloads two after loading") {
  const auto preloads = read(kSecond);
  CHECK(preloads.condition == "nvidia/cuda_runtime/lib/libcudart.so");
  CHECK(preloads.after ==
        Preloads{{"cuda_nvrtc", "libnvrtc.so.*[0-9]"}, {"nvjitlink", "libnvJitLink.so.*[0-9]"}});
  CHECK(preloads.on_error == Preloads{{"cudnn", "libcudnn.so.*[0-9]"}});
  CHECK(preload_directories(preloads, "cudnn", 12) == Texts{"nvidia/cudnn/lib", "cudnn/lib"});
  CHECK(preloads.only_beside_nvidia);
}

TEST_CASE("2.7 and 2.8 have a library from CUDA 12 on") {
  const auto preloads = read(kThird);
  CHECK(preloads.on_error ==
        Preloads{{"nccl", "libnccl.so.*[0-9]"}, {"cufile", "libcufile.so.*[0-9]", true, 12}});
  CHECK(preload_directories(preloads, "nccl", 12) == Texts{"nvidia/nccl/lib", "nccl/lib"});
  CHECK_FALSE(preloads.only_beside_nvidia);
}

TEST_CASE("2.9 looks into the CUDA major's folder") {
  const auto preloads = read(kFourth);
  CHECK(preloads.condition == "libcudart.so");
  CHECK(preloads.after ==
        Preloads{{"cuda_nvrtc", "libnvrtc.so.*[0-9]"}, {"cuda_nvrtc", "libnvrtc-builtins.so.*[0-9]"}});
  CHECK(preloads.on_error ==
        Preloads{{"nvshmem", "libnvshmem_host.so.*[0-9]"}, {"nvtx", "libnvToolsExt.so.*[0-9]", false}});
  CHECK(preload_directories(preloads, "nvtx", 13) == Texts{"nvidia/nvtx/lib", "nvidia/cu13/lib", "nvtx/lib"});
  CHECK(preload_directories(preloads, "nvtx", 0) == Texts{"nvidia/nvtx/lib", "nvtx/lib"});
}

TEST_CASE("later releases use one list twice") {
  const auto preloads = read(kFifth);
  CHECK(preloads.condition == "libcudart.so");
  CHECK(preloads.after == Preloads{{"cublas", "libcublasLt.so.*[0-9]", false},
                                   {"cublas", "libcublas.so.*[0-9]", false},
                                   {"nvtx", "libnvToolsExt.so.*[0-9]", false}});
  CHECK(preloads.on_error == Preloads{{"cublas", "libcublasLt.so.*[0-9]"},
                                      {"cublas", "libcublas.so.*[0-9]"},
                                      {"nvtx", "libnvToolsExt.so.*[0-9]", false}});
}

TEST_CASE("which errors torch answers with preloading") {
  const auto preloads = read(kFourth).on_error;
  CHECK(
      is_about(preloads, "libnvshmem_host.so.3: cannot open shared object file: No such file or directory"));
  CHECK_FALSE(
      is_about(preloads, "libnvToolsExt.so.1: cannot open shared object file: No such file or directory"));
  CHECK_FALSE(is_about(preloads, "libstdc++.so.6: version `GLIBCXX_3.4.32' not found"));
}

TEST_CASE("a torch without preloads has none") {
  CHECK(read("").on_error.empty());
  CHECK(read("def _load_global_deps():\n    ctypes.CDLL(path)\n").on_error.empty());
}

TEST_CASE("another way of preloading is an error, not a guess") {
  CHECK_FALSE(
      read_torch_preloads("def _load_global_deps():\n    try:\n        pass\n    except OSError:\n"
                          "        _preload_cuda_deps(everything())\n"));
  CHECK_FALSE(read_torch_preloads("def _load_global_deps():\n    _preload_cuda_deps('a', 'b')\n"));
  CHECK_FALSE(
      read_torch_preloads("def _load_global_deps():\n"
                          "    one = os.path.join(nvidia_path, 'cublas', 'lib', 'libcublas.so.11')\n"
                          "    ctypes.CDLL(one)\n"));
}

TEST_CASE("any text is taken") {
  for (std::string_view text : {std::string_view(kFirst), std::string_view(kFifth)}) {
    for (std::size_t size = 0; size < text.size(); ++size) (void)read_torch_preloads(text.substr(0, size));
  }
  const std::string zeros(1000, '\0');
  CHECK(read_torch_preloads(zeros));
  CHECK(read_torch_preloads("def _load_global_deps():\n    " + std::string(100000, '[') + "'"));
  CHECK(read_torch_preloads("def _load_global_deps():\n    cuda_libs = {" + std::string(1000, ')')));
  CHECK(read_torch_preloads("def _load_global_deps("));
}
