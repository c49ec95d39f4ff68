#include "rank_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <memory>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <nlohmann/json.hpp>

#include "doubles/nccl/nccl.hpp"
#include "party.hpp"
#include "smoke/compare.hpp"

namespace preflight::smoke {

namespace {

template <class Function>
Function* symbol(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

std::string to_hex(const ncclUniqueId& id) {
  std::string text;
  for (const char byte : id.internal) {
    constexpr char kDigits[] = "0123456789abcdef";
    const auto number = static_cast<unsigned char>(byte);
    text += {kDigits[number >> 4U], kDigits[number & 15U]};
  }
  return text;
}

ncclUniqueId from_hex(const std::string& text) {
  ncclUniqueId id{};
  for (std::size_t at = 0; at < sizeof id.internal && 2 * at + 1 < text.size(); ++at) {
    id.internal[at] = static_cast<char>(std::stoi(text.substr(2 * at, 2), nullptr, 16));
  }
  return id;
}

// The part that may hang: says 'c' when it has a communicator and 'r' when it has summed rightly.
[[noreturn]] void work(void* library, const RankPlan& plan, const ncclUniqueId& id, int pipe) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ncclComm_t comm = nullptr;
  const auto init = symbol<decltype(ncclCommInitRank)>(library, "ncclCommInitRank");
  if (init(&comm, plan.world, id, plan.rank) != ncclSuccess || ::write(pipe, "c", 1) != 1) ::_exit(3);
  std::vector<int> values(100'000, plan.rank + 1);
  const auto all_reduce = symbol<decltype(ncclAllReduce)>(library, "ncclAllReduce");
  if (all_reduce(values.data(), values.data(), values.size(), 2, 0, comm, nullptr) != ncclSuccess) ::_exit(4);
  if (values.back() != plan.world * (plan.world + 1) / 2 || ::write(pipe, "r", 1) != 1) ::_exit(5);
  ::_exit(0);
}

class RankProcess {
 public:
  explicit RankProcess(const RankPlan& plan) : plan_(plan) {}
  ~RankProcess() {
    if (worker_ > 0) {
      ::kill(worker_, SIGKILL);
      ::waitpid(worker_, nullptr, 0);
    }
  }
  RankProcess(const RankProcess&) = delete;
  RankProcess& operator=(const RankProcess&) = delete;

  int run() {
    library_ = ::dlopen(PREFLIGHT_NCCL_DOUBLE, RTLD_NOW | RTLD_LOCAL);
    ncclUniqueId id{};
    if (plan_.rank == 0) {
      symbol<decltype(ncclGetUniqueId)>(library_, "ncclGetUniqueId")(&id);
      auto options = server_options(plan_.world);
      options.listen = Listen::everywhere;
      options.port = plan_.port;
      options.silence = Milliseconds(5'000);
      auto server = RendezvousServer::listen(options);
      if (!server) return 2;
      server_ = std::make_unique<RendezvousServer>(std::move(*server));
      server_->open(Stage::rendezvous, Clock::now() + plan_.stage_deadline);
    }
    std::this_thread::sleep_for(plan_.late);
    ClientOptions options;
    options.host = plan_.rank == 0 ? "127.0.0.1" : plan_.server_host;
    options.port = plan_.port;
    options.token = key_from_text("secret");
    options.rank = plan_.rank;
    options.world = plan_.world;
    options.own_host = plan_.own_host;
    options.beat = Milliseconds(50);
    options.silence = Milliseconds(5'000);
    client_ = std::make_unique<RendezvousClient>(options, Clock::now() + plan_.stage_deadline);
    std::string answer;
    if (!meet(Stage::rendezvous, plan_.rank == 0 ? to_hex(id) : "", answer)) return finish();
    id = from_hex(answer);
    if (!meet(Stage::compare, plan_.facts, answer)) return finish();
    start_worker(id);
    if (!pass(Stage::communicator, 'c') || !pass(Stage::all_reduce, 'r')) return finish();
    if (!meet(Stage::teardown, "", answer)) return finish();
    client_->leave();
    if (server_) server_->expect_leave(Clock::now() + plan_.stage_deadline);
    spin([&] { return false; });
    return finish();
  }

 private:
  // Steps until the condition holds (true) or everything has ended (false).
  template <class Done>
  bool spin(const Done& done) {
    while (!done()) {
      if (client_->ended() && (!server_ || server_->ended())) return false;
      std::vector<pollfd> polled{client_->polled(), {worker_pipe_.number(), POLLIN, 0}};
      if (server_) polled.push_back({server_->descriptor(), POLLIN, 0});
      ::poll(polled.data(), polled.size(), 10);
      const Time now = Clock::now();
      if (server_) server_->step(now);
      client_->step(now);
      if (server_ && !server_->ended() && server_->complete()) answer_all();
      if ((polled[1].revents & (POLLIN | POLLHUP)) != 0) read_worker();
    }
    return true;
  }

  void answer_all() {
    const auto& texts = server_->texts();
    if (stage_ == Stage::compare) report_differences(texts);
    const auto answer = texts[0];
    server_->reply(answer);
    stage_ = static_cast<Stage>(static_cast<int>(stage_) + (stage_ == Stage::all_reduce ? 3 : 1));
    if (stage_ <= Stage::teardown) server_->open(stage_, Clock::now() + plan_.stage_deadline);
  }

  void report_differences(const std::vector<std::string>& texts) const {
    std::vector<RankFacts> ranks;
    for (std::size_t rank = 0; rank < texts.size(); ++rank) {
      const auto json = nlohmann::json::parse(texts[rank]);
      RankFacts facts{static_cast<int>(rank), json.value("host", ""), {}};
      if (json.contains("nccl")) facts.facts["nccl.version"] = json["nccl"].get<std::string>();
      ranks.push_back(std::move(facts));
    }
    std::ofstream report(plan_.report, std::ios::app);
    for (const auto& difference : compare_facts(ranks)) report << to_text(difference) << "\n";
  }

  bool meet(Stage stage, const std::string& text, std::string& answer) {
    client_->meet(stage, text, Clock::now() + 2 * plan_.stage_deadline);
    std::optional<std::string> reply;
    if (!spin([&] { return (reply = client_->take_reply()).has_value(); })) return false;
    answer = *reply;
    return true;
  }

  void start_worker(const ncclUniqueId& id) {
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) std::abort();
    worker_pipe_ = Descriptor(ends[0]);
    worker_ = ::fork();
    if (worker_ == 0) work(library_, plan_, id, ends[1]);
    ::close(ends[1]);
  }

  void read_worker() {
    char said = 0;
    const auto count = ::read(worker_pipe_.number(), &said, 1);
    if (count == 1) {
      said_ += said;
      return;
    }
    worker_pipe_ = Descriptor();
    if (said_.find('r') != std::string::npos) return;
    int status = 0;
    ::waitpid(worker_, &status, 0);
    worker_ = 0;
    client_->fail(WIFSIGNALED(status) ? "killed by signal " + std::to_string(WTERMSIG(status))
                                      : "NCCL failed with " + std::to_string(WEXITSTATUS(status)),
                  Clock::now() + plan_.stage_deadline);
  }

  bool pass(Stage stage, char sign) {
    client_->enter(stage);
    std::string answer;
    return spin([&] { return said_.find(sign) != std::string::npos; }) && meet(stage, "", answer);
  }

  int finish() {
    spin([] { return false; });
    if (server_ && !plan_.report.empty()) {
      std::ofstream report(plan_.report, std::ios::app);
      for (const auto& trouble : server_->troubles()) report << to_text(trouble) << "\n";
    }
    return client_->troubles().empty() ? 0 : 1;
  }

  const RankPlan& plan_;
  void* library_ = nullptr;
  std::unique_ptr<RendezvousServer> server_;
  std::unique_ptr<RendezvousClient> client_;
  Stage stage_ = Stage::rendezvous;
  Descriptor worker_pipe_;
  pid_t worker_ = 0;
  std::string said_;
};

}  // namespace

int run_rank(const RankPlan& plan) {
  return RankProcess(plan).run();
}

}  // namespace preflight::smoke
