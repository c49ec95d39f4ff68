// Talking to NVML in a worker: calls, what their answers mean, and facts in the making.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "facts/writer.hpp"
#include "gpu/nvml.hpp"
#include "live/answer.hpp"

namespace preflight::live {

class NvmlSession {
 public:
  NvmlSession(gpu::Library library, WorkerReport& report)
      : nvml(std::move(library)), report_(report), writer_(document_) {}

  template <class Called, class... Arguments>
  Answer call(std::string_view subject, const Called& function, Arguments&&... arguments) {
    const auto answer = ask(report_, subject, function, std::forward<Arguments>(arguments)...);
    note(subject, answer);
    return answer;
  }

  // Remembers a GPU that does not answer; the first reason counts.
  void add_lost(std::string_view gpu, const std::string& why);
  // The library lacks what it takes to open GPUs.
  void set_unable(const Answer& answer) { unable_ = problem_of(answer); }
  // Writes the fact of both.
  void record_unreachable();

  // What NVML says to a code, with the code.
  std::string text_of(int code);
  std::string problem_of(const Answer& answer);

  // The fact after this answer: the value; absent where this GPU or driver doesn't have such a thing; else
  // unknown.
  void record(facts::SubjectWriter& subject, std::string_view path, const Answer& answer, facts::Value value);
  // The same for a value that no release of NVML gives: unknown.
  void record_odd(facts::SubjectWriter& subject, std::string_view path, const Answer& answer,
                  long long value);

  facts::FactWriter& writer() { return writer_; }
  // Hands over what was written until now.
  void send_facts();

  const gpu::Nvml nvml;

 private:
  // Remembers a GPU that is lost or must be reset.
  void note(std::string_view subject, const Answer& answer);

  WorkerReport& report_;
  facts::Document document_;
  facts::FactWriter writer_;
  std::map<std::string, std::string> lost_;
  std::string unable_;
};

// A GPU as NVML and as we know it.
struct NvmlGpu {
  gpu::NvmlDevice device = nullptr;
  std::string address;
};

// Writes the nvml facts of a GPU, but index and the facts of its links.
void read_nvml_gpu(NvmlSession& session, const NvmlGpu& gpu);

// NVLinks and the registration with the fabric.
void read_nvml_links(NvmlSession& session, const NvmlGpu& gpu);

}  // namespace preflight::live
