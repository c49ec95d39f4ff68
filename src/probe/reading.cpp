#include "probe/reading.hpp"

#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::size_t kMostAttributeBytes = std::size_t{64} << 10;

}  // namespace

facts::Unknown unknown_after(const Error& error) {
  const auto gap = error.kind == ErrorKind::unsupported ? facts::Gap::not_observable : facts::Gap::unreadable;
  return {error.message, gap};
}

void set_error(facts::SubjectWriter& writer, std::string_view fact, const Error& error,
               std::string_view source) {
  if (error.kind == ErrorKind::not_found) {
    writer.absent(fact, source);
  } else {
    writer.unknown(fact, unknown_after(error), source);
  }
}

void set_rest_error(facts::SubjectWriter& writer, std::string_view prefix, const Error& error,
                    std::string_view source) {
  if (error.kind == ErrorKind::not_found) {
    writer.rest_absent(prefix, source);
  } else {
    writer.rest_unknown(prefix, unknown_after(error), source);
  }
}

Result<std::string> read_trimmed(const target::FileTree& files, std::string_view path) {
  auto text = files.read(path, kMostAttributeBytes);
  if (!text) return text;
  return std::string(trim(*text));
}

Result<std::int64_t> read_integer(const target::FileTree& files, std::string_view path) {
  const auto text = read_trimmed(files, path);
  if (!text) return text.error();
  const auto number = to_integer(*text);
  if (!number) return Error{ErrorKind::malformed, "not a whole number"};
  return std::int64_t{*number};
}

void set_text(facts::SubjectWriter& writer, std::string_view fact, const target::FileTree& files,
              std::string_view path) {
  auto text = read_trimmed(files, path);
  if (!text) {
    set_error(writer, fact, text.error(), path);
  } else if (text->empty()) {
    writer.absent(fact, path);
  } else {
    writer.set(fact, std::move(*text), path);
  }
}

void set_integer(facts::SubjectWriter& writer, std::string_view fact, const target::FileTree& files,
                 std::string_view path) {
  const auto number = read_integer(files, path);
  if (number) {
    writer.set(fact, *number, path);
  } else {
    set_error(writer, fact, number.error(), path);
  }
}

void set_link_name(facts::SubjectWriter& writer, std::string_view fact, const target::FileTree& files,
                   std::string_view path) {
  const auto link = files.read_link(path);
  if (link) {
    writer.set(fact, target::base_name(*link), path);
  } else {
    set_error(writer, fact, link.error(), path);
  }
}

void set_numa_node(facts::SubjectWriter& writer, std::string_view fact, const target::FileTree& files,
                   std::string_view path) {
  const auto node = read_integer(files, path);
  if (!node) {
    set_error(writer, fact, node.error(), path);
  } else if (*node < 0) {
    writer.absent(fact, path);
  } else {
    writer.set(fact, *node, path);
  }
}

Error sysfs_error(const target::FileTree& files, Error error) {
  if (error.kind != ErrorKind::not_found || files.exists("/sys/class")) return error;
  return {ErrorKind::unsupported, "no /sys is shown here"};
}

}  // namespace preflight::probe
