// Keyed digests (BLAKE2b of libsodium), by which the ranks of one job know each other. The token itself is
// never sent. A token made from a job's id keeps jobs apart; only a secret one keeps strangers out.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace preflight::smoke {

constexpr std::size_t kDigestSize = 32;

using Key = std::array<unsigned char, kDigestSize>;
using Digest = std::array<unsigned char, kDigestSize>;

// The key that everyone knows: for frames before the other side has shown what it knows.
constexpr Key kPublicKey{};

// A key from any text: a shared secret, or the id of the job.
Key key_from_text(std::string_view text);

// The key of one connection: from the token's key and what both sides have drawn by lot.
Key session_key(const Key& token, std::string_view server_nonce, std::string_view client_nonce);

// 32 hexadecimal digits that nobody has used before.
std::string new_nonce();

// Who sends: a frame sent back to its sender must not pass for an answer.
enum class Sender : std::uint8_t { server, client };

// `sequence` counts the sender's frames under this key.
Digest sign(const Key& key, Sender sender, std::uint64_t sequence, std::string_view payload);

// Takes the same time for any two digests.
bool same_digest(const Digest& left, const Digest& right);

}  // namespace preflight::smoke
