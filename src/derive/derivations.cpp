// The table of derivations: one line each. Each is declared here and defined in the file of its name.
#include <vector>

#include "derive/derive.hpp"

namespace preflight::derive {

Derivation built_for_cuda();
Derivation distribution();
Derivation extension_abi();
Derivation gpu_model();
Derivation image_requirements();
Derivation jaxlib_cudnn();
Derivation loaded_versions();
Derivation local_versions();
Derivation nccl_versions();
Derivation nvidia_wheels();
Derivation optional_extension();
Derivation torch_abi();
Derivation torch_build();
Derivation torch_cudnn();
Derivation vgpu_profile();

std::span<const Derivation> derivations() {
  static const std::vector<Derivation> kDerivations = {
      gpu_model(),          nvidia_wheels(),  loaded_versions(), torch_abi(),
      extension_abi(),  // reads what torch_abi sets
      optional_extension(), local_versions(),
      built_for_cuda(),  // reads what local_versions sets
      distribution(),       torch_build(),    torch_cudnn(),     jaxlib_cudnn(), vgpu_profile(),
      image_requirements(),  // reads what gpu_model sets
      nccl_versions(),       // reads what loaded_versions sets
  };
  return kDerivations;
}

void run_derivations(facts::Document& document, const tables::Tables& tables) {
  for (const auto& derivation : derivations()) derivation.run(document, tables);
}

}  // namespace preflight::derive
