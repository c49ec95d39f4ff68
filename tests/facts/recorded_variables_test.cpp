#include "facts/recorded_variables.hpp"

#include "catch.hpp"

using namespace preflight::facts;

TEST_CASE("variables on the list are recorded, others are not") {
  CHECK(may_record_variable("NCCL_DEBUG", "INFO"));
  CHECK(may_record_variable("LD_LIBRARY_PATH", "/usr/local/cuda/lib64:/opt/lib"));
  CHECK(may_record_variable("NVIDIA_REQUIRE_CUDA", "cuda>=12.1 brand=tesla,driver>=470,driver<471"));
  CHECK(may_record_variable("WORLD_SIZE", "8"));
  CHECK_FALSE(may_record_variable("HOME", "/home/someone"));
  CHECK_FALSE(may_record_variable("NCCL", "1"));
  CHECK_FALSE(may_record_variable("PATHS", "/bin"));
}

TEST_CASE("what looks like a credential is never recorded") {
  const auto* const name = GENERATE("NVIDIA_API_KEY", "TORCH_TOKEN", "VLLM_AUTH_HEADER", "NCCL_PASSWORD");
  CHECK_FALSE(may_record_variable(name, "1"));
  const auto* const value = GENERATE("hf_abcdefghijkl", "nvapi-abcdefgh", "https://me:secret@host/simple",
                                     "-----BEGIN RSA PRIVATE KEY", "0123456789abcdef0123456789abcdef",
                                     "a https://x/ https://token@host");
  CHECK_FALSE(may_record_variable("CUDA_HOME", value));
}

TEST_CASE("GPU names and hashed directories are not taken for credentials") {
  CHECK(may_record_variable("CUDA_VISIBLE_DEVICES", "GPU-7fdaf0a5-179b-f636-d15d-daf243e3ff16"));
  CHECK(may_record_variable("CUDA_VISIBLE_DEVICES", "MIG-feb88891-0321-5fef-9c87-d4af3b54259e"));
  CHECK(may_record_variable("PATH", "/nix/store/0123456789abcdef0123456789abcdef-cuda/bin:/usr/bin"));
}
