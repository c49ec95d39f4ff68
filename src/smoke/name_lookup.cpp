#include "smoke/name_lookup.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <netdb.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace preflight::smoke {

namespace {

constexpr std::size_t kMostAddresses = 32;
// What the child writes: 'A' and addresses as they lie in memory, or 'E' and the resolver's words.
constexpr char kAddresses = 'A';
constexpr char kError = 'E';

struct Found {
  std::vector<Address> addresses;
  std::string problem;
};

Found resolve(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int status = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  Found found;
  if (status != 0) found.problem = ::gai_strerror(status);
  for (const auto* item = list; item != nullptr && found.addresses.size() < kMostAddresses;
       item = item->ai_next) {
    Address address;
    if (item->ai_addrlen > sizeof address.storage) continue;
    std::memcpy(&address.storage, item->ai_addr, item->ai_addrlen);
    address.size = item->ai_addrlen;
    found.addresses.push_back(address);
  }
  if (list != nullptr) ::freeaddrinfo(list);
  return found;
}

[[noreturn]] void answer_in_child(const std::string& host, std::uint16_t port, int pipe) {
  const Found found = resolve(host, port, 0);
  std::string answer(1, found.addresses.empty() ? kError : kAddresses);
  if (found.addresses.empty()) answer += found.problem;
  for (const auto& address : found.addresses) {
    answer.append(reinterpret_cast<const char*>(&address), sizeof address);
  }
  // Less than a pipe holds, so it's written whole or not at all.
  const auto written = ::write(pipe, answer.data(), answer.size());
  ::_exit(written == static_cast<ssize_t>(answer.size()) ? 0 : 1);
}

Result<std::vector<Address>> read_answer(std::string_view answer) {
  if (answer.empty()) return Error{ErrorKind::not_found, "the resolver crashed"};
  const char kind = answer.front();
  answer.remove_prefix(1);
  if (kind == kError) return Error{ErrorKind::not_found, std::string(answer)};
  std::vector<Address> addresses(answer.size() / sizeof(Address));
  if (!addresses.empty()) std::memcpy(addresses.data(), answer.data(), addresses.size() * sizeof(Address));
  return addresses;
}

}  // namespace

NameLookup::NameLookup(const std::string& host, std::uint16_t port) {
  Found numeric = resolve(host, port, AI_NUMERICHOST);
  if (!numeric.addresses.empty()) {
    result_ = std::move(numeric.addresses);
    return;
  }
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    result_ = Error{ErrorKind::io, error_text(errno)};
    return;
  }
  pipe_ = Descriptor(ends[0]);
  const Descriptor write_end(ends[1]);
  child_ = ::fork();
  if (child_ == 0) answer_in_child(host, port, write_end.number());
  if (child_ < 0) result_ = Error{ErrorKind::io, error_text(errno)};
}

NameLookup::~NameLookup() {
  finish();
}

void NameLookup::step() {
  char bytes[4096];
  while (!result_) {
    const auto count = ::read(pipe_.number(), bytes, sizeof bytes);
    if (count > 0) {
      received_.append(bytes, static_cast<std::size_t>(count));
    } else if (count == 0) {
      result_ = read_answer(received_);
      finish();
    } else if (errno != EINTR) {
      return;
    }
  }
}

void NameLookup::finish() {
  pipe_ = Descriptor();
  if (child_ <= 0) return;
  ::kill(child_, SIGKILL);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
}

}  // namespace preflight::smoke
