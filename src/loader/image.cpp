#include "loader/image.hpp"

#include "support/paged_source.hpp"

namespace preflight::loader {

namespace {

// Systems that a file may be for (EI_OSABI).
constexpr std::uint8_t kSystemV = 0;
constexpr std::uint8_t kGnu = 3;

Error broken(std::string message) {
  return {ErrorKind::malformed, std::move(message)};
}

}  // namespace

Result<const Image*> Images::open(std::string_view path) {
  const auto resolved = files_->resolve(path);
  if (!resolved) {
    // Links in a circle lead nowhere; they end no search.
    if (resolved.error().kind == ErrorKind::malformed)
      return Error{ErrorKind::not_found, resolved.error().message};
    return resolved.error();
  }
  auto place = images_.find(*resolved);
  if (place == images_.end()) place = images_.emplace(*resolved, read(*resolved)).first;
  if (!place->second) return place->second.error();
  return place->second->get();
}

Result<std::unique_ptr<Image>> Images::read(const std::string& path) const {
  auto opened = files_->open(path);
  // What is there and no regular file ends the loader's search: it opens it and can't read it.
  if (!opened) return opened.error();
  auto source = std::make_unique<PagedSource>(std::move(*opened));
  auto file = elf::File::open(*source);
  if (!file) return broken(source->size() < 64 ? "file too short" : file.error().message);
  if (file->layout().width != elf::Width::bits64 || file->layout().order != elf::ByteOrder::little ||
      file->header().machine != machine_) {
    return Error{ErrorKind::unsupported, "compiled for another machine"};
  }
  if (file->header().system != kSystemV && file->header().system != kGnu)
    return broken("ELF file OS ABI invalid");
  if (file->header().type != elf::FileType::shared && file->header().type != elf::FileType::executable) {
    return broken("only ET_DYN and ET_EXEC can be loaded");
  }
  auto dynamic = elf::read_dynamic(*file);
  if (!dynamic) {
    return broken(dynamic.error().kind == ErrorKind::not_found ? "object file has no dynamic section"
                                                               : dynamic.error().message);
  }
  return std::make_unique<Image>(Image{path, std::move(source), std::move(*file), std::move(*dynamic)});
}

}  // namespace preflight::loader
