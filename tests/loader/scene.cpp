#include "scene.hpp"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <map>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/link.hpp"
#include "support/text.hpp"
#include "support/user_file.hpp"
#include "target/directory_tree.hpp"

namespace preflight::test {

namespace {

constexpr std::string_view kLoader = "/lib64/ld-linux-x86-64.so.2";
constexpr std::size_t kLargestLog = std::size_t{16} << 20U;
constexpr unsigned kMostSeconds = 20;

// push %rbp; mov %rsp,%rbp; call *%rdx; pop %rbp; ret: passes two arguments on to the third.
constexpr std::string_view kCallThird = "\x55\x48\x89\xe5\xff\xd2\x5d\xc3";

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// What comes before the separator is taken off the text.
std::string_view take_until(std::string_view& text, std::string_view separator) {
  const auto at = text.find(separator);
  const auto part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + separator.size());
  return part;
}

// "libx.so: cannot open shared object file: No such file or directory" as "libx.so is missing".
std::string describe(std::string_view subject, std::string_view reason) {
  const bool is_missing = reason.starts_with("cannot open shared object file") ||
                          reason.starts_with("wrong ELF class") ||
                          reason.starts_with("compiled for another machine");
  return std::string(base_name(subject)) + (is_missing ? " is missing" : " is broken");
}

std::string lacks(std::string_view path, std::string_view symbol, std::string_view version) {
  std::string text = std::string(base_name(path)) + " lacks " + std::string(symbol);
  if (!version.empty()) text += "@" + std::string(version);
  return text;
}

std::string lacks_version(std::string_view path, std::string_view version) {
  return std::string(base_name(path)) + " lacks version " + std::string(version);
}

// What stands between the two texts; up to the end without the second.
std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  take_until(text, before);
  return text.substr(0, text.find(after));
}

std::string describe_message(std::string_view message) {
  const auto subject = take_until(message, ": ");
  if (message.starts_with("undefined symbol: ")) {
    return lacks(subject, between(message, ": ", ","), between(message, ", version ", " "));
  }
  if (message.starts_with("version `")) {
    return lacks_version(between(message, "(required by ", ")"), between(message, "`", "'"));
  }
  return describe(subject, message);
}

bool is_shown(std::string_view path) {
  return path != kLoader && base_name(path) != "linux-vdso.so.1" && !path.empty();
}

// By what each file was asked for, from the log of LD_DEBUG=libs,files.
std::map<std::string, std::string, std::less<>> askers_of(std::string_view log) {
  std::map<std::string, std::string, std::less<>> askers;
  std::string asker;
  std::string tried;
  for (auto line : split(log, '\n')) {
    take_until(line, ":\t");
    if (line.starts_with("  trying file=")) {
      tried = line.substr(line.find('=') + 1);
    } else if (line.starts_with("file=")) {
      line.remove_prefix(5);
      const auto name = take_until(line, " [");
      if (line.ends_with("generating link map")) {
        // Of a path with tokens only the file's name stands in the log as it is.
        const bool is_spelt_out = name.find('$') == std::string_view::npos;
        const auto path = name.find('/') == std::string_view::npos ? std::string_view(tried) : name;
        askers[std::string(is_spelt_out ? path : base_name(path))] = asker;
        continue;
      }
      for (const std::string_view words : {"needed by ", "dynamically loaded by "}) {
        if (const auto at = line.find(words); at != std::string_view::npos) {
          line.remove_prefix(at + words.size());
          asker = take_until(line, " [");
          break;
        }
      }
    }
  }
  return askers;
}

// What the objects from this one on lack.
std::string unbound(const loader::Process& process, loader::ObjectIndex first, loader::Linker& linker) {
  std::vector<std::string> lacking;
  for (auto index = first; index < process.objects().size(); ++index) {
    const auto links = linker.check(process, index);
    if (!links) return "can't be read";
    const auto& path = process.objects()[index].path;
    for (const auto& missing : links->versions) lacking.push_back(lacks_version(path, missing.version));
    for (const auto& reference : links->undefined)
      lacking.push_back(lacks(path, reference.symbol, reference.version));
  }
  return join(lacking, ", ");
}

struct Ended {
  int process = 0;
  int status = 0;
};

Ended run(const std::string& program, const std::string& working_directory, const std::string& out,
          const std::string& err, std::vector<std::string> variables) {
  std::vector<char*> environment;
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  std::array<char*, 2> arguments = {const_cast<char*>(program.c_str()), nullptr};
  const pid_t process = ::fork();
  if (process < 0) throw std::runtime_error("fork failed");
  if (process == 0) {
    const int out_file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int err_file = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (::chdir(working_directory.c_str()) != 0) ::_exit(124);
    ::dup2(out_file, STDOUT_FILENO);
    ::dup2(err_file, STDERR_FILENO);
    ::alarm(kMostSeconds);
    ::execve(program.c_str(), arguments.data(), environment.data());
    ::_exit(126);
  }
  Ended ended{process, 0};
  if (::waitpid(process, &ended.status, 0) != process) throw std::runtime_error("waitpid failed");
  return ended;
}

}  // namespace

Scene::Scene() {
  directory_.directory("bin");
}

std::string Scene::here(std::string text) const {
  return replace_all(std::move(text), "@", directory_.path().string());
}

void Scene::library(const std::string& path, ElfImage image) {
  for (auto& name : image.needed) name = here(name);
  image.rpath = here(image.rpath);
  image.runpath = here(image.runpath);
  if (image.functions.empty()) image.functions = {{"call", std::string(kCallThird)}};
  directory_.file(path, image.bytes());
}

bool Scene::compile(const std::string& path, const std::string& source, const std::string& arguments) {
  directory_.directory(std::filesystem::path(path).parent_path().string());
  directory_.file("source.c", source);
  const auto command = std::string(PREFLIGHT_COMPILER) + " -x c " + here("@/source.c") +
                       " -x none -shared -nostdlib -fPIC -fno-stack-protector -o " + here("@/" + path) + " " +
                       here(arguments);
  return std::system(command.c_str()) == 0;
}

void Scene::write_program() const {
  ElfImage image = program;
  for (auto& name : image.needed) name = here(name);
  image.needed.emplace_back(PREFLIGHT_LOADER_RUNNER);
  image.rpath = here(image.rpath);
  image.runpath = here(image.runpath);
  image.interpreter = kLoader;
  directory_.file("bin/program", image.bytes());
  std::filesystem::permissions(program_path(), std::filesystem::perms::owner_all);
}

std::string Scene::told(std::string story) const {
  story = replace_all(std::move(story), directory_.path().string(), "@");
  return replace_all(std::move(story), PREFLIGHT_LOADER_RUNNER, "the runner");
}

std::string Scene::by_real_loader() const {
  write_program();
  std::string steps;
  for (const auto& opening : openings) {
    const bool is_global = opening.visibility == loader::Visibility::global;
    steps += opening.caller + "\t" + (is_global ? "global" : "local") + "\t" + here(opening.name) + "\n";
  }
  directory_.file("steps", steps);
  const std::string log = here("@/log");
  std::vector<std::string> variables = {"LD_DEBUG=libs,files", "LD_DEBUG_OUTPUT=" + log,
                                        "PREFLIGHT_STEPS=" + here("@/steps")};
  if (!preload.empty()) variables.push_back("LD_PRELOAD=" + here(preload));
  if (!library_path.empty()) variables.push_back("LD_LIBRARY_PATH=" + here(library_path));
  const auto directory = here(working_directory);
  const auto ended = run(program_path(), directory, here("@/out"), here("@/err"), std::move(variables));

  const auto log_file = log + "." + std::to_string(ended.process);
  const auto log_text = read_user_file(log_file, kLargestLog).value();
  std::filesystem::remove(log_file);
  if (ended.status != 0) {
    const std::string errors = read_user_file(here("@/err"), kLargestLog).value();
    std::string_view message = errors;
    const std::string_view words = "error while loading shared libraries: ";
    const auto at = message.find(words);
    if (at == std::string_view::npos) return "ended with " + std::to_string(ended.status) + ": " + errors;
    message.remove_prefix(at + words.size());
    return "not started: " + describe_message(message) + "\n";
  }
  const auto askers = askers_of(log_text);
  const auto absolute = [&](std::string_view path) {
    return path.starts_with('/') ? std::string(path) : target::join_path(directory, path);
  };
  std::string story;
  const std::string out = read_user_file(here("@/out"), kLargestLog).value();
  for (std::string_view line : split(out, '\n')) {
    const auto what = take_until(line, "\t");
    if (what == "loaded") {
      if (!is_shown(line)) continue;
      auto asker = askers.find(line);
      if (asker == askers.end()) asker = askers.find(base_name(line));
      story += "loaded " + absolute(line) + " for " +
               (asker == askers.end() ? std::string("nothing") : absolute(asker->second)) + "\n";
    } else if (what == "failed") {
      const auto name = take_until(line, "\t");
      story += "failed " + std::string(name) + ": " + describe_message(line) + "\n";
    } else if (!what.empty()) {
      story += std::string(what) + " " + std::string(line) + "\n";
    }
  }
  return told(std::move(story));
}

std::string Scene::by_ours() const {
  write_program();
  const auto files = target::DirectoryTree::make("/");
  if (!files) throw std::runtime_error("no root directory");
  std::vector<std::string> problems;
  auto settings = loader::read_settings(**files, {here(preload), here(library_path)}, elf::Machine::x86_64,
                                        kLoader, problems);
  settings.working_directory = here(working_directory);
  loader::Images images(**files, elf::Machine::x86_64);
  loader::Process process(**files, settings, images);

  const auto failures = process.start(program_path());
  if (!failures.empty())
    return "not started: " + describe(failures.front().name, failures.front().reason) + "\n";
  const auto caller_of = [&](const std::string& name) -> std::optional<loader::ObjectIndex> {
    const auto wanted = name == "-" ? base_name(PREFLIGHT_LOADER_RUNNER) : std::string_view(name);
    for (loader::ObjectIndex index = 1; index < process.objects().size(); ++index) {
      if (base_name(process.objects()[index].path) == wanted) return index;
    }
    return std::nullopt;
  };
  std::string story;
  loader::Linker linker;
  for (const auto& opening : openings) {
    const auto name = here(opening.name);
    const auto caller = caller_of(opening.caller);
    if (!caller) {
      story += "no caller " + opening.caller + "\n";
      continue;
    }
    const auto before = process.mark();
    const auto opened = process.open(name, *caller, opening.visibility);
    if (const auto lacking = unbound(process, before.objects, linker); !lacking.empty()) {
      process.rewind(before);
      story += "failed " + name + ": " + lacking + "\n";
      continue;
    }
    story += opened.failures.empty()
                 ? "opened " + name + "\n"
                 : "failed " + name + ": " +
                       describe(opened.failures.front().name, opened.failures.front().reason) + "\n";
  }
  for (loader::ObjectIndex index = 1; index < process.objects().size(); ++index) {
    const auto& object = process.objects()[index];
    if (!is_shown(object.path)) continue;
    const auto asker = object.needed_by ? process.objects()[*object.needed_by].path : std::string("nothing");
    story += "loaded " + object.path + " for " + asker + "\n";
  }
  return told(std::move(story));
}

bool has_real_loader() {
#if defined(__x86_64__) && defined(__GLIBC__)
  return ::access(kLoader.data(), X_OK) == 0;
#else
  return false;
#endif
}

}  // namespace preflight::test
