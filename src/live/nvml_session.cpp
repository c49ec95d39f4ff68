#include "live/nvml_session.hpp"

#include "live/parts.hpp"

namespace preflight::live {

namespace {

std::string source_of(const Answer& answer) {
  return std::string("NVML: ") + answer.function;
}

}  // namespace

void NvmlSession::note(std::string_view subject, const Answer& answer) {
  const int code = answer.code.value_or(gpu::kNvmlSuccess);
  if (code == gpu::kNvmlGpuIsLost || code == gpu::kNvmlResetRequired) add_lost(subject, problem_of(answer));
}

void NvmlSession::add_lost(std::string_view gpu, const std::string& why) {
  lost_.try_emplace(std::string(gpu), why);
}

void NvmlSession::record_unreachable() {
  constexpr std::string_view kFact = "nvml.unreachable_gpus";
  facts::List list;
  for (const auto& [gpu, why] : lost_) list.emplace_back(gpu + ": " + why);
  if (unable_.empty()) {
    writer_.host().set(kFact, std::move(list), "NVML");
  } else {
    writer_.host().unknown(kFact, {unable_}, "NVML");
  }
}

std::string NvmlSession::text_of(int code) {
  std::string text;
  if (nvml.error_string) {
    report_.stage(nvml.error_string.name());
    const char* said = nvml.error_string(code);
    if (said != nullptr) text = said;
  }
  return text.empty() ? "code " + std::to_string(code) : text + " (" + std::to_string(code) + ")";
}

std::string NvmlSession::problem_of(const Answer& answer) {
  if (!answer.code) return std::string("this libnvidia-ml.so.1 has no ") + answer.function;
  return std::string(answer.function) + ": " + text_of(*answer.code);
}

void NvmlSession::record(facts::SubjectWriter& subject, std::string_view path, const Answer& answer,
                         facts::Value value) {
  if (!answer.code || *answer.code == gpu::kNvmlFunctionNotFound) {
    subject.unknown(path, {problem_of(answer)}, source_of(answer));
  } else if (answer.is_success()) {
    subject.set(path, std::move(value), source_of(answer));
  } else if (*answer.code == gpu::kNvmlNotSupported) {
    subject.absent(path, source_of(answer));
  } else {
    subject.unknown(path, {problem_of(answer), facts::Gap::unreadable}, source_of(answer));
  }
}

void NvmlSession::record_odd(facts::SubjectWriter& subject, std::string_view path, const Answer& answer,
                             long long value) {
  const std::string why = std::string(answer.function) + " gave " + std::to_string(value);
  subject.unknown(path, {why, facts::Gap::unreadable}, source_of(answer));
}

void NvmlSession::send_facts() {
  send(report_, document_);
}

}  // namespace preflight::live
