#include "loader/directories.hpp"

#include <algorithm>

namespace preflight::loader {

bool Directories::holds(const std::string& directory, std::string_view name) {
  const auto& listing = listing_of(directory);
  if (!listing.is_listed) return files_->exists(target::join_path(directory, name));
  const auto found = std::ranges::lower_bound(
      listing.entries, name, {},
      [](const target::DirectoryEntry& entry) { return std::string_view(entry.name); });
  return found != listing.entries.end() && found->name == name;
}

const Directories::Listing& Directories::listing_of(const std::string& directory) {
  auto place = resolved_.find(directory);
  if (place == resolved_.end()) {
    const auto resolved = files_->resolve(directory);
    place = resolved_.emplace(directory, resolved ? *resolved : std::string()).first;
  }
  const auto [listing, is_new] = listings_.try_emplace(place->second);
  if (!is_new) return listing->second;
  if (place->second.empty()) {
    listing->second.is_listed = true;
    return listing->second;
  }
  auto entries = files_->list(place->second);
  listing->second.is_listed = entries || entries.error().kind == ErrorKind::not_found ||
                              entries.error().kind == ErrorKind::wrong_type;
  if (entries) listing->second.entries = std::move(*entries);
  return listing->second;
}

}  // namespace preflight::loader
