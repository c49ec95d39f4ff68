#include "plan/given.hpp"

#include <algorithm>
#include <array>

#include "plan/cells.hpp"
#include "python/version.hpp"
#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::plan {

namespace {

struct Names {
  std::string_view key;
  std::string_view name;
};

// In the order of Thing.
constexpr std::array<Names, 7> kNames = {{{"torch", "PyTorch"},
                                          {"cuda", "CUDA"},
                                          {"python", "Python"},
                                          {"glibc", "glibc"},
                                          {"driver", "driver"},
                                          {"gpu", "GPU"},
                                          {"arch", "architecture"}}};

Error wrong(const std::string& option, const std::string& text, const std::string& why) {
  return {ErrorKind::malformed, option + " " + text + ": " + why};
}

// "12.1" of 12.1, 12.1.105 and cu121.
std::string cuda_text(std::string_view text) {
  if (text.starts_with("cu") && text.size() > 3) {
    const auto digits = text.substr(2);
    if (!to_integer(digits)) return {};
    return std::string(digits.substr(0, digits.size() - 1)) + "." + digits.back();
  }
  const auto version = parse_dotted_version(text);
  if (!version) return {};
  std::string numbers = std::to_string(version->at(0));
  if (version->numbers.size() > 1) numbers += "." + std::to_string(version->at(1));
  return numbers;
}

// A torch with its CUDA tag fixes both.
std::optional<Error> fix_torch(const std::string& text, Given& given) {
  const auto version = python::parse_version(text);
  if (!version) return wrong("--torch", text, "not a version; such as 2.8.0, 2.8 or 2.8.0+cu128");
  given.fixed[Thing::torch] = {std::string(version->public_text()), "--torch"};
  if (version->local().empty()) return std::nullopt;
  auto cuda = version->local().starts_with("cu") ? cuda_text(version->local()) : std::string();
  if (cuda.empty()) return wrong("--torch", text, "plans are for CUDA builds only, such as 2.8.0+cu128");
  given.fixed[Thing::cuda] = {std::move(cuda), "--torch"};
  return std::nullopt;
}

std::optional<Error> fix_cuda(const std::string& text, Given& given) {
  auto cuda = cuda_text(text);
  if (cuda.empty()) return wrong("--cuda", text, "not a CUDA version; such as 12.8, cu128 or 12");
  const std::string of_torch(given.text(Thing::cuda));
  if (!of_torch.empty() && !begins_with(of_torch, cuda))
    return wrong("--cuda", text, "the tag in --torch is that of CUDA " + of_torch);
  if (!of_torch.empty()) return std::nullopt;
  given.fixed[Thing::cuda] = {std::move(cuda), "--cuda"};
  return std::nullopt;
}

std::optional<Error> fix_python(const std::string& text, Given& given) {
  const auto version = parse_dotted_version(text);
  if (!version || version->numbers.size() < 2) return wrong("--python", text, "not a version such as 3.12");
  given.fixed[Thing::python] = {text, "--python"};
  return std::nullopt;
}

std::optional<Error> fix_glibc(const std::string& text, Given& given) {
  const auto version = parse_dotted_version(text);
  const bool is_version = version && version->numbers.size() > 1;
  if (!is_version && text != "musl") return wrong("--glibc", text, "not a version such as 2.31, nor musl");
  given.fixed[Thing::glibc] = {text, "--glibc"};
  return std::nullopt;
}

std::optional<Error> fix_driver(const std::string& text, const tables::Tables& tables, Given& given) {
  if (!parse_dotted_version(text)) return wrong("--driver", text, "not a version such as 550.54.15");
  auto whole = whole_driver(text, tables);
  if (whole.find('.') == std::string::npos) {
    return wrong("--driver", text, "not a branch whose releases are known; give the whole version");
  }
  const bool is_branch = whole != text;
  given.fixed[Thing::driver] = {std::move(whole),
                                is_branch ? "--driver: the newest known of branch " + text : "--driver"};
  return std::nullopt;
}

std::optional<Error> fix_architecture(const std::string& text, Given& given) {
  const auto name = to_lower(text);
  const std::string usual = name == "amd64" ? "x86_64" : name == "arm64" ? "aarch64" : name;
  given.fixed[Thing::architecture] = {usual, "--arch"};
  return std::nullopt;
}

std::optional<Error> fix_gpus(const std::vector<std::string>& texts, const tables::Tables& tables,
                              Given& given) {
  for (const auto& text : texts) {
    auto gpu = find_gpu(text, tables);
    if (!gpu) return wrong("--gpu", text, gpu.error().message);
    given.gpus_origin = "--gpu";
    add_gpu(std::move(*gpu), given.gpus);
  }
  return std::nullopt;
}

}  // namespace

std::string_view key_of(Thing thing) {
  return kNames.at(static_cast<std::size_t>(thing)).key;
}

std::string_view name_of(Thing thing) {
  return kNames.at(static_cast<std::size_t>(thing)).name;
}

std::string_view Given::text(Thing thing) const {
  const auto found = fixed.find(thing);
  return found == fixed.end() ? std::string_view() : found->second.text;
}

std::string fixed_text(const Given& given, Thing thing) {
  if (thing == Thing::glibc && given.text(thing) == "musl") return "musl";
  std::string named = std::string(name_of(thing)) + " " + std::string(given.text(thing));
  if (thing == Thing::driver && !given.compat.empty())
    named += " with the forward-compatible libcuda " + given.compat;
  return named;
}

std::string whole_driver(std::string_view driver, const tables::Tables& tables) {
  if (driver.find('.') != std::string_view::npos) return std::string(driver);
  auto newest = text_at(tables, {"driver_branch", driver, "newest_known"});
  return newest.empty() ? std::string(driver) : newest;
}

void add_gpu(Gpu gpu, std::vector<Gpu>& gpus) {
  const auto same = std::ranges::find(gpus, gpu.name, &Gpu::name);
  if (same == gpus.end()) {
    gpus.push_back(std::move(gpu));
  } else {
    same->count += gpu.count;
  }
}

Result<Given> read_asked(const Asked& asked, const tables::Tables& tables) {
  Given given;
  std::optional<Error> error;
  const auto fix = [&](const std::string& text, const auto& read) {
    if (!error && !text.empty()) error = read(text, given);
  };
  fix(asked.torch, fix_torch);
  fix(asked.cuda, fix_cuda);
  fix(asked.python, fix_python);
  fix(asked.glibc, fix_glibc);
  fix(asked.driver, [&](const std::string& text, Given& into) { return fix_driver(text, tables, into); });
  fix(asked.architecture, fix_architecture);
  if (!error) error = fix_gpus(asked.gpus, tables, given);
  if (error) return *error;
  return given;
}

}  // namespace preflight::plan
