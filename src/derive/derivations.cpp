// The table of derivations: one line each. Each is declared here and defined in the file of its name.
#include <vector>

#include "derive/derive.hpp"

namespace preflight::derive {

Derivation extension_abi();
Derivation gpu_model();
Derivation image_requirements();
Derivation loaded_versions();
Derivation nvidia_wheels();
Derivation vgpu_profile();

std::span<const Derivation> derivations() {
  static const std::vector<Derivation> kDerivations = {
      gpu_model(),          nvidia_wheels(), loaded_versions(), extension_abi(), vgpu_profile(),
      image_requirements(),  // reads what gpu_model sets
  };
  return kDerivations;
}

void run_derivations(facts::Document& document, const tables::Tables& tables) {
  for (const auto& derivation : derivations()) derivation.run(document, tables);
}

}  // namespace preflight::derive
