#include "plan/obstacles.hpp"

#include <algorithm>
#include <array>

#include "plan/cells.hpp"
#include "plan/driver_range.hpp"

namespace preflight::plan {

namespace {

using Obstacles = std::vector<Obstacle>;

constexpr std::string_view kWheelArchitecture = "x86_64";  // of the tables

std::string gpu_text(const Gpu& gpu) {
  return gpu.name + " (compute capability " + to_text(gpu.capability) + ")";
}

// libcuda's version decides which CUDA runs.
std::string_view libcuda(const Given& given) {
  return given.compat.empty() ? given.text(Thing::driver) : std::string_view(given.compat);
}

void add_torch(const Build& build, const Given& given, const tables::Tables&, Obstacles& obstacles) {
  const auto asked = given.text(Thing::torch);
  if (!asked.empty() && !begins_with(build.torch, asked))
    obstacles.push_back({Thing::torch, "", "", build.torch});
}

void add_cuda(const Build& build, const Given& given, const tables::Tables&, Obstacles& obstacles) {
  const auto asked = given.text(Thing::cuda);
  if (!asked.empty() && !begins_with(build.cuda, asked))
    obstacles.push_back({Thing::cuda, "", "", build.cuda});
}

void add_python(const Build& build, const Given& given, const tables::Tables& tables, Obstacles& obstacles) {
  const auto python = given.text(Thing::python);
  if (python.empty()) return;
  const auto version = version_of(python);
  const auto oldest = text_at(tables, {"torch", build.torch, "min_python"});
  const auto newest = integer_at(tables, {"torch", build.torch, "max_python_minor"});
  const std::string no_wheels = "no wheels for Python " + std::string(python) + ", ";
  if (newest && version >= DottedVersion{{3, static_cast<std::uint32_t>(*newest) + 1}}) {
    const auto last = "3." + std::to_string(*newest);
    obstacles.push_back({Thing::python, no_wheels + "only up to " + last + ", of PyTorch", build.torch, last,
                         Bound::at_most});
  } else if (!oldest.empty() && version < version_of(oldest)) {
    obstacles.push_back({Thing::python, no_wheels + "only from " + oldest + " on, of PyTorch", build.torch,
                         oldest, Bound::at_least});
  }
}

void add_glibc(const Build& build, const Given& given, const tables::Tables& tables, Obstacles& obstacles) {
  const auto glibc = given.text(Thing::glibc);
  const auto floor = text_at(tables, {"torch_wheel", build.name, "min_glibc"});
  if (glibc == "musl") {
    obstacles.push_back(
        {Thing::glibc, "PyTorch's wheels need glibc, and this system has musl", "", floor, Bound::at_least});
  } else if (!glibc.empty() && !floor.empty() && version_of(glibc) < version_of(floor)) {
    obstacles.push_back(
        {Thing::glibc,
         "glibc " + std::string(glibc) + " is older than " + floor + ", on which these were built: PyTorch",
         build.name, floor, Bound::at_least});
  }
}

// GPUs that the build can't serve, with whatever driver.
Obstacles unserved_gpus(const Build& build, const Given& given, const tables::Tables& tables) {
  Obstacles obstacles;
  std::vector<Gpu> with_code;
  for (const auto& gpu : given.gpus) {
    if (has_sass_for(build, gpu.capability) || has_ptx_for(build, gpu.capability)) {
      with_code.push_back(gpu);
    } else {
      obstacles.push_back(
          {Thing::gpus, "no code for " + gpu_text(gpu) + " in PyTorch", build.name, gpu.name});
    }
  }
  const auto oldest = driver_range(build, with_code, tables).oldest;
  for (const auto& gpu : with_code) {
    const auto last = branches_of(gpu, tables).last;
    if (!last || version_of(oldest).at(0) <= *last) continue;
    obstacles.push_back({Thing::gpus,
                         gpu_text(gpu) + " is supported up to driver branch " + std::to_string(*last) +
                             ", and the other GPUs or the CUDA need " + oldest + " or later",
                         "", gpu.name});
  }
  return obstacles;
}

void add_driver_for_gpus(const Given& given, const tables::Tables& tables, Obstacles& obstacles) {
  const std::string driver(given.text(Thing::driver));
  const auto branch = version_of(driver).at(0);
  for (const auto& gpu : given.gpus) {
    const auto [first, last] = branches_of(gpu, tables);
    if (first && branch < *first) {
      obstacles.push_back({Thing::driver,
                           "driver " + driver + " doesn't know " + gpu_text(gpu) + ": the first branch is " +
                               std::to_string(*first),
                           "", std::to_string(*first), Bound::at_least});
    } else if (last && branch > *last) {
      obstacles.push_back({Thing::driver,
                           "driver " + driver + " no longer supports " + gpu_text(gpu) +
                               ": the last branch is " + std::to_string(*last),
                           "", std::to_string(*last), Bound::at_most});
    }
  }
}

void add_driver_for_cuda(const Build& build, const Given& given, const tables::Tables& tables,
                         Obstacles& obstacles) {
  const auto floor = oldest_driver_of_cuda(build, tables);
  if (floor.empty() || version_of(libcuda(given)) >= version_of(floor)) return;
  const auto major = build.cuda.substr(0, build.cuda.find('.'));
  const bool is_family = !text_at(tables, {"cuda_family", major, "min_driver"}).empty();
  obstacles.push_back({Thing::driver,
                       "driver " + std::string(libcuda(given)) + " is older than " + floor +
                           (is_family ? ", the oldest that runs any CUDA " + major + ".x"
                                      : ", which CUDA " + build.cuda + " needs"),
                       "", floor, Bound::at_least});
}

// PTX is compiled by the driver, and minor-version compatibility doesn't cover it.
void add_driver_for_ptx(const Build& build, const Given& given, const tables::Tables& tables,
                        Obstacles& obstacles) {
  const auto brought = brought_cuda(given, tables);
  if (brought.empty() || version_of(brought) >= version_of(build.cuda)) return;
  for (const auto& gpu : given.gpus) {
    if (has_sass_for(build, gpu.capability) || !has_ptx_for(build, gpu.capability)) continue;
    obstacles.push_back({Thing::driver,
                         "driver " + std::string(libcuda(given)) + " compiles PTX up to CUDA " + brought +
                             ", and there is only later PTX for " + gpu_text(gpu) + " in PyTorch",
                         build.name, own_driver(build, tables), Bound::at_least});
    return;
  }
}

void add_driver(const Build& build, const Given& given, const tables::Tables& tables, Obstacles& obstacles) {
  if (given.text(Thing::driver).empty()) return;
  add_driver_for_gpus(given, tables, obstacles);
  add_driver_for_cuda(build, given, tables, obstacles);
  add_driver_for_ptx(build, given, tables, obstacles);
}

void add_gpus(const Build& build, const Given& given, const tables::Tables& tables, Obstacles& obstacles) {
  const auto unserved = unserved_gpus(build, given, tables);
  obstacles.insert(obstacles.end(), unserved.begin(), unserved.end());
}

// No machine changes its processor: nothing is told to help.
void add_architecture(const Build&, const Given& given, const tables::Tables&, Obstacles& obstacles) {
  const auto architecture = given.text(Thing::architecture);
  if (architecture.empty() || architecture == kWheelArchitecture) return;
  obstacles.push_back({Thing::architecture,
                       "the tables hold the wheels for " + std::string(kWheelArchitecture) +
                           " only: of those for " + std::string(architecture) + " nothing is known",
                       "", ""});
}

constexpr std::array kChecks = {add_torch,  add_cuda, add_python,      add_glibc,
                                add_driver, add_gpus, add_architecture};

}  // namespace

std::vector<Obstacle> find_obstacles(const Build& build, const Given& given, const tables::Tables& tables) {
  Obstacles obstacles;
  for (const auto check : kChecks) check(build, given, tables, obstacles);
  return obstacles;
}

std::string brought_cuda(const Given& given, const tables::Tables& tables) {
  return text_at(tables, {"driver_branch", branch_of(libcuda(given)), "cuda"});
}

}  // namespace preflight::plan
