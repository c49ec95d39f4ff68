// What the facts of a host fix.
#include <algorithm>

#include "plan/cells.hpp"
#include "plan/given.hpp"

namespace preflight::plan {

namespace {

std::string source_of(const facts::Subject& subject, std::string_view path) {
  const auto* const fact = subject.find(path);
  return fact == nullptr ? std::string() : fact->source;
}

void fill(Given& given, Thing thing, const facts::Subject& subject, std::string_view path) {
  const auto* const text = subject.text(path);
  if (text != nullptr) given.fixed.try_emplace(thing, Fixed{*text, source_of(subject, path)});
}

std::string or_empty(const std::string* text) {
  return text == nullptr ? std::string() : *text;
}

Gpu gpu_of(const facts::Subject& subject, const std::string& capability) {
  std::string name = or_empty(subject.text("model.name"));
  if (name.empty()) name = or_empty(subject.text("name"));
  return {name.empty() ? "GPU " + subject.id : name, or_empty(subject.text("pci_id")),
          capability_of(capability), or_empty(subject.text("model.architecture"))};
}

void fill_gpus(Given& given, const facts::Document& document) {
  for (const auto* const subject : document.of_kind("gpu")) {
    const auto* const capability = subject->text("model.compute_capability");
    if (capability == nullptr) {
      given.doubts.push_back("the compute capability of GPU " + subject->id +
                             " isn't known: the plan takes no account of it");
      continue;
    }
    given.gpus_origin = document.target;
    add_gpu(gpu_of(*subject, *capability), given.gpus);
  }
}

// The environment that was asked for, else the active one.
const facts::Subject* environment_of(const facts::Document& document) {
  const auto environments = document.of_kind("environment");
  for (const std::string_view mark : {"requested", "active"}) {
    const auto found = std::ranges::find_if(
        environments, [&](const facts::Subject* environment) { return environment->is_true(mark); });
    if (found != environments.end()) return *found;
  }
  return nullptr;
}

void fill_driver(Given& given, const facts::Subject& host) {
  if (given.fixed.contains(Thing::driver)) return;
  fill(given, Thing::driver, host, "driver.module_version");
  if (or_empty(host.text("driver.libcuda_kind")) == "compat") {
    given.compat = or_empty(host.text("driver.library_version"));
  }
}

}  // namespace

void fill_from_facts(Given& given, const facts::Document& document) {
  const auto& host = document.host();
  if (given.gpus.empty()) fill_gpus(given, document);
  fill_driver(given, host);
  fill(given, Thing::architecture, host, "cpu.architecture");
  if (or_empty(host.text("libc.kind")) == "musl") {
    given.fixed.try_emplace(Thing::glibc, Fixed{"musl", source_of(host, "libc.kind")});
  } else {
    fill(given, Thing::glibc, host, "libc.version");
  }
  if (const auto* const environment = environment_of(document)) {
    fill(given, Thing::python, *environment, "python.version");
  }
}

}  // namespace preflight::plan
