#include "facts/credentials.hpp"

#include "catch.hpp"
#include "facts/recorded_variables.hpp"

using namespace preflight::facts;

TEST_CASE("only listed variables are recorded") {
  for (const auto* name :
       {"CUDA_VISIBLE_DEVICES", "NCCL_DEBUG", "NCCL_IB_PKEY", "SLURM_PROCID", "PATH", "container", "RANK"}) {
    CHECK(recordable_value(name, "1") == "1");
  }
  for (const auto* name :
       {"HOME", "USER", "SLURM_JOB_ACCOUNT", "AWS_ACCESS_KEY_ID", "MY_CUDA_X", "RANKS", "path",
        "NVIDIA_API_KEY", "TORCH_TOKEN", "NCCL_SECRET", "CUDA_PASSWORD", "UCX_AUTH", ""}) {
    CHECK(!recordable_value(name, "1"));
  }
}

TEST_CASE("names that speak of credentials") {
  for (const auto* name :
       {"HF_TOKEN", "API_KEY", "apikey", "DB_PASSWORD", "CLIENT_SECRETS", "GOOGLE_CREDENTIALS"}) {
    CHECK(names_credential(name));
  }
  for (const auto* name : {"NCCL_IB_PKEY", "CUDA_HOME", "PATH", ""}) CHECK(!names_credential(name));
}

TEST_CASE("credentials inside values are cut out") {
  CHECK(without_credentials("http://user:pass@proxy:3128/x") == "http://***@proxy:3128/x");
  CHECK(without_credentials("http://user:p/a@ss@proxy") == "http://***@proxy");
  CHECK(without_credentials("a://u@b,c://v:w@d") == "a://***@b,c://***@d");
  CHECK(without_credentials("https://host/x?token=abc&y=1") == "https://host/x?token=***&y=1");
  CHECK(without_credentials("PASSWORD=hunter2") == "PASSWORD=***");
  CHECK(without_credentials("hf_abcdefghijklmnopqrstuvwxyz") == "***");
  CHECK(without_credentials("/opt/ghp_0123456789abcdefghij/bin") == "/opt/***/bin");
  CHECK(without_credentials("AKIAIOSFODNN7EXAMPLE") == "***");
  CHECK(without_credentials("sk-abcdefghijklmnop1234") == "***");
  CHECK(without_credentials("x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln y") == "x *** y");
  CHECK(without_credentials("0123456789abcdef0123456789abcdef01234567") == "***");
  CHECK(without_credentials("aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1d") == "***");
  CHECK(without_credentials("-----BEGIN RSA PRIVATE KEY-----\nMII") == "***");
}

TEST_CASE("settings are left as they are") {
  for (const auto* value :
       {"", "0", "/usr/local/cuda-12.4/lib64:/usr/lib/x86_64-linux-gnu", "mlx5_0:1,mlx5_1:1", "=eth0,^docker",
        "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6,MIG-7c1d3b0e-3b0a-5c0e-9d0e-0123456789ab",
        "cuda>=12.4 brand=tesla,driver>=470,driver<471", "max_split_size_mb:128,expandable_segments:True",
        "/nix/store/0c3vlmqbqpa41qkqvhn3ngyy33d2vksp-cuda/lib", "tcp4://10.0.0.1:1234", "sk-learn",
        ":4096:8"}) {
    CHECK(without_credentials(value) == value);
  }
}

TEST_CASE("hostile values are read in linear time and bounds") {
  CHECK(without_credentials(std::string(1 << 20, 'a')) == "***");
  CHECK(without_credentials(std::string(1 << 20, ':')).size() == 1 << 20);
  CHECK(without_credentials(std::string(1 << 20, '-')).size() == 1 << 20);
  std::string urls;
  for (int at = 0; at < 50'000; ++at) urls += "://";
  CHECK(without_credentials(urls) == urls);
  std::string beginnings;
  for (int at = 0; at < 50'000; ++at) beginnings += "hf_.";
  CHECK(without_credentials(beginnings) == "***");
}
