#include "probe/nccl_settings.hpp"

#include "probe/home_directory.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

// The user's file; empty where there is no user.
std::string user_path(const Context& context) {
  if (context.state == SystemState::at_rest) return "";
  const auto variables = process_variables(context.files);
  if (variables) {
    const auto found = variables->find("NCCL_CONF_FILE");
    if (found != variables->end() && !found->second.empty()) return found->second;
  }
  const auto home = home_directory(context.files);
  return home ? target::join_path(*home, ".nccl.conf") : "";
}

}  // namespace

Variables parse_nccl_settings(std::string_view text) {
  constexpr std::size_t kLongestText = 1023;
  Variables settings;
  for (const auto line : split(text, '\n')) {
    const auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos || equals == 0) continue;
    settings.emplace(line.substr(0, equals).substr(0, kLongestText),
                     line.substr(equals + 1).substr(0, kLongestText));
  }
  return settings;
}

Result<NcclSettings> read_nccl_settings(const Context& context) {
  NcclSettings settings;
  for (const auto& path : {user_path(context), std::string(kSystemNcclSettings)}) {
    if (!path.starts_with('/')) continue;
    const auto text = context.files.read(path);
    if (!text && text.error().kind != ErrorKind::not_found) {
      return Error{text.error().kind, path + ": " + text.error().message};
    }
    if (!text) continue;
    settings.values.merge(parse_nccl_settings(*text));  // what is set already stays
    settings.sources += (settings.sources.empty() ? "" : ", ") + path;
  }
  return settings;
}

}  // namespace preflight::probe
