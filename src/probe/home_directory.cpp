#include "probe/home_directory.hpp"

#include "probe/process_status.hpp"
#include "probe/process_variables.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

std::optional<std::string> home_of_user(std::string_view passwords, std::string_view user_id) {
  constexpr std::size_t kFields = 7;
  for (const auto line : lines(passwords)) {
    const auto fields = split(line, ':');
    if (fields.size() == kFields && fields[2] == user_id && fields[5].starts_with('/')) {
      return std::string(fields[5]);
    }
  }
  return std::nullopt;
}

std::optional<std::string> home_directory(const target::FileTree& files) {
  const auto status = read_trimmed(files, kStatusPath);
  const auto ids = words(status ? status_field(*status, "Uid").value_or("") : "");
  const auto passwords = files.read(kPasswordsPath);
  if (!ids.empty() && passwords) {
    if (auto home = home_of_user(*passwords, ids[0])) return home;
  }
  const auto variables = process_variables(files);
  if (!variables) return std::nullopt;
  const auto found = variables->find("HOME");
  if (found == variables->end() || !found->second.starts_with('/')) return std::nullopt;
  return found->second;
}

}  // namespace preflight::probe
