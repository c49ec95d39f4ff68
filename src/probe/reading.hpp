// From what a file tree answers to the three states of a fact: not there is absent, there but not readable is
// unknown and a gap, what this kind of target cannot offer is unknown and not observable.
#pragma once

#include <string>
#include <string_view>

#include "facts/writer.hpp"
#include "support/result.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe {

// The version of the running kernel; there on every running Linux, unless a sandbox hides /proc/sys.
constexpr std::string_view kKernelReleasePath = "/proc/sys/kernel/osrelease";

// Why a fact is unknown after this error (which is not `not_found`).
facts::Unknown unknown_after(const Error& error);

// Records a fact for which the source gave only an error.
void set_error(facts::SubjectWriter& writer, std::string_view fact, const Error& error,
               std::string_view source);

// The same for every fact with this prefix that is not written yet.
void set_rest_error(facts::SubjectWriter& writer, std::string_view prefix, const Error& error,
                    std::string_view source);

// Text of a small file without white space at both ends, as the attribute files of /proc and /sys are read.
// Larger than 64 KiB is too_large.
Result<std::string> read_trimmed(const target::FileTree& files, std::string_view path);

// A whole decimal number in such a file; anything else is malformed.
Result<std::int64_t> read_integer(const target::FileTree& files, std::string_view path);

// A fact from one such file; an empty file makes it absent.
void set_text(facts::SubjectWriter& writer, std::string_view fact, const target::FileTree& files,
              std::string_view path);
void set_integer(facts::SubjectWriter& writer, std::string_view fact, const target::FileTree& files,
                 std::string_view path);

// Base name of what a link leads to, as /sys names drivers and groups; the link's absence makes it absent.
void set_link_name(facts::SubjectWriter& writer, std::string_view fact, const target::FileTree& files,
                   std::string_view path);

// The NUMA node of a device; sysfs prints -1 where the firmware names none: absent.
void set_numa_node(facts::SubjectWriter& writer, std::string_view fact, const target::FileTree& files,
                   std::string_view path);

// The error of a path in sysfs: what is not found because no sysfs is shown at all (a sandbox that hides it)
// is not there to be observed, rather than absent.
Error sysfs_error(const target::FileTree& files, Error error);

}  // namespace preflight::probe
