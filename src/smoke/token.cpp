#include "smoke/token.hpp"

#include <sodium.h>
#include <stdexcept>

namespace preflight::smoke {

namespace {

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// A BLAKE2b digest of the parts, each preceded by its length.
class Hash {
 public:
  explicit Hash(const Key* key) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium can't be used: no source of randomness");
    crypto_generichash_init(&state_, key == nullptr ? nullptr : key->data(), key == nullptr ? 0 : key->size(),
                            kDigestSize);
  }

  Hash& add(std::string_view part) {
    add(static_cast<std::uint64_t>(part.size()));
    crypto_generichash_update(&state_, bytes(part), part.size());
    return *this;
  }

  Hash& add(std::uint64_t number) {
    unsigned char digits[8];
    for (auto& digit : digits) {
      digit = static_cast<unsigned char>(number & 0xFF);
      number >>= 8;
    }
    crypto_generichash_update(&state_, digits, sizeof digits);
    return *this;
  }

  Digest finish() {
    Digest digest{};
    crypto_generichash_final(&state_, digest.data(), digest.size());
    return digest;
  }

 private:
  crypto_generichash_state state_{};
};

}  // namespace

Key key_from_text(std::string_view text) {
  return Hash(nullptr).add("gpu-preflight token").add(text).finish();
}

Key session_key(const Key& token, std::string_view server_nonce, std::string_view client_nonce) {
  return Hash(&token).add("session").add(server_nonce).add(client_nonce).finish();
}

std::string new_nonce() {
  unsigned char drawn[16];
  if (sodium_init() < 0) throw std::runtime_error("libsodium can't be used: no source of randomness");
  randombytes_buf(drawn, sizeof drawn);
  char text[2 * sizeof drawn + 1];
  sodium_bin2hex(text, sizeof text, drawn, sizeof drawn);
  return text;
}

Digest sign(const Key& key, Sender sender, std::uint64_t sequence, std::string_view payload) {
  return Hash(&key).add(static_cast<std::uint64_t>(sender)).add(sequence).add(payload).finish();
}

bool same_digest(const Digest& left, const Digest& right) {
  return sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace preflight::smoke
