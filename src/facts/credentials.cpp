#include "facts/credentials.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "support/text.hpp"

namespace preflight::facts {

namespace {

constexpr std::string_view kWithheld = "***";

// Words of a name that speak of a credential, in lower case.
constexpr std::array<std::string_view, 10> kSecretWords = {"token",      "secret",     "password", "passwd",
                                                           "passphrase", "credential", "key",      "cookie",
                                                           "signature",  "auth"};

// Such words that are common as parts of others (PATH).
constexpr std::string_view kSecretWholeWord = "pat";

// How tokens of well-known services begin.
constexpr std::array<std::string_view, 22> kTokenBeginnings = {
    "hf_",    "ghp_", "gho_",  "ghu_",  "ghs_",    "ghr_",     "github_pat_", "glpat-",
    "AKIA",   "ASIA", "sk-",   "xoxb-", "xoxp-",   "xoxa-",    "xoxs-",       "eyJ",
    "nvapi-", "AIza", "pypi-", "npm_",  "dop_v1_", "dckr_pat_"};
constexpr std::size_t kShortestToken = 16;   // after its beginning
constexpr std::size_t kShortestRandom = 30;  // of mixed letters and digits
constexpr std::size_t kShortestHex = 40;     // that is not part of a UUID

bool is_alphanumeric(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z');
}

// Characters of tokens: base64url and the dots of JSON Web Tokens.
bool is_token_character(char character) {
  return is_alphanumeric(character) || character == '_' || character == '-' || character == '.' ||
         character == '+' || character == '=';
}

bool looks_random(std::string_view run) {
  bool upper = false;
  bool lower = false;
  bool digit = false;
  bool hex = true;
  for (const char character : run) {
    digit = digit || (character >= '0' && character <= '9');
    upper = upper || (character >= 'A' && character <= 'Z');
    lower = lower || (character >= 'a' && character <= 'z');
    hex = hex && std::string_view("0123456789abcdefABCDEF").find(character) != std::string_view::npos;
  }
  return (run.size() >= kShortestRandom && upper && lower && digit) ||
         (run.size() >= kShortestHex && hex && digit);
}

bool begins_token(std::string_view text) {
  return std::ranges::any_of(kTokenBeginnings, [&](std::string_view beginning) {
    if (!text.starts_with(beginning)) return false;
    const auto rest = text.substr(beginning.size());
    const auto end = std::ranges::find_if_not(rest, is_token_character);
    return end - rest.begin() >= static_cast<std::ptrdiff_t>(kShortestToken);
  });
}

// Nothing but a token or a key: it stands alone, so that less is enough to take it for one.
bool is_credential_alone(std::string_view text) {
  constexpr std::size_t kShortestKey = 32;
  if (text.size() >= kShortestKey && std::ranges::all_of(text, is_alphanumeric)) return true;
  constexpr std::size_t kShortestRest = 8;
  return std::ranges::all_of(text, is_token_character) &&
         std::ranges::any_of(kTokenBeginnings, [&](std::string_view beginning) {
           return text.starts_with(beginning) && text.size() >= beginning.size() + kShortestRest;
         });
}

std::size_t length_while(std::string_view text, bool (*accepts)(char)) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, accepts) - text.begin());
}

// Replaces tokens with a known beginning and runs that look random.
std::string without_tokens(std::string_view text) {
  std::string clean;
  bool inside_word = false;  // a beginning counts only where a word begins
  while (!text.empty()) {
    std::size_t take = 1;
    if (!inside_word && begins_token(text)) {
      take = length_while(text, is_token_character);
      clean += kWithheld;
    } else if (!is_alphanumeric(text.front())) {
      clean += text.front();
      inside_word = false;
      text.remove_prefix(1);
      continue;
    } else {
      take = length_while(text, is_alphanumeric);
      const auto run = text.substr(0, take);
      clean += looks_random(run) ? kWithheld : run;
    }
    inside_word = true;
    text.remove_prefix(take);
  }
  return clean;
}

// Replaces what stands between "://" and the last "@" of the same word.
std::string without_url_users(std::string_view text) {
  std::string clean;
  for (;;) {
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos) return clean += text;
    clean += text.substr(0, scheme + 3);
    text.remove_prefix(scheme + 3);
    const auto until_next = text.substr(0, text.find("://"));
    const auto word = until_next.substr(0, until_next.find_first_of(" \t\r\n,;\"'"));
    const auto at = word.rfind('@');
    if (at == std::string_view::npos) continue;
    clean += kWithheld;
    text.remove_prefix(at);
  }
}

// Replaces the values of parameters: "?token=x", "password=x", "sig=x".
std::string without_parameters(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("?&;, \t\r\n\"'"), text.size() - 1);
    auto piece = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    const auto equals = piece.find('=');
    const bool secret = equals != std::string_view::npos &&
                        (names_credential(piece.substr(0, equals)) || piece.substr(0, equals) == "sig");
    if (!secret) {
      clean += piece;
      continue;
    }
    clean += piece.substr(0, equals + 1);
    clean += kWithheld;
    if (std::string_view("?&;, \t\r\n\"'").find(piece.back()) != std::string_view::npos)
      clean += piece.back();
  }
  return clean;
}

}  // namespace

bool names_credential(std::string_view name) {
  const std::string lower = to_lower(name);
  for (const auto word : split(lower, '_')) {
    if (word == "pkey") continue;
    if (word == kSecretWholeWord) return true;
    if (std::ranges::any_of(kSecretWords, [&](std::string_view secret) {
          return word.find(secret) != std::string_view::npos;
        })) {
      return true;
    }
  }
  return false;
}

std::string without_credentials(std::string_view text) {
  const bool private_key = text.find("-----BEGIN") != std::string_view::npos;
  if (private_key || is_credential_alone(text)) return std::string(kWithheld);
  return without_tokens(without_parameters(without_url_users(text)));
}

}  // namespace preflight::facts
