#include "derive/brands.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kAll[] = {
    "unknown", "quadro", "tesla",       "nvs",       "grid",      "geforce", "titan",      "vapps",   "vpc",
    "vcs",     "vws",    "cloudgaming", "quadrortx", "nvidiartx", "nvidia",  "geforcertx", "titanrtx"};
constexpr std::string_view kGeforce[] = {"geforce", "geforcertx"};
constexpr std::string_view kTitan[] = {"titan", "titanrtx"};
constexpr std::string_view kProfessional[] = {"unknown",   "quadro",    "tesla", "nvs", "grid",
                                              "vapps",     "vpc",       "vcs",   "vws", "cloudgaming",
                                              "quadrortx", "nvidiartx", "nvidia"};

}  // namespace

std::span<const std::string_view> brands_of_class(std::string_view product_class) {
  if (product_class == "geforce") return kGeforce;
  if (product_class == "titan") return kTitan;
  if (product_class == "workstation" || product_class == "data_center") return kProfessional;
  return kAll;
}

}  // namespace preflight::derive
