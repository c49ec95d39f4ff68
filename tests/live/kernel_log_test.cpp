// Reading the kernel's log: to its end, within limits, and never more than it says.
#include "live/kernel_log.hpp"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <variant>

#include "catch.hpp"
#include "target/temporary_directory.hpp"

using namespace preflight;

namespace {

// What a read gives: a record, or an error number.
using Step = std::variant<std::string, int>;

// Gives one step a read, then EAGAIN.
live::ReadRecord reading(std::vector<Step> steps) {
  return [steps = std::move(steps), next = std::size_t{0}](std::span<char> buffer) mutable -> ssize_t {
    const Step step = next < steps.size() ? steps[next++] : Step(EAGAIN);
    if (const auto* number = std::get_if<int>(&step)) {
      errno = *number;
      return -1;
    }
    const auto& text = std::get<std::string>(step);
    const auto size = std::min(text.size(), buffer.size());
    std::memcpy(buffer.data(), text.data(), size);
    return static_cast<ssize_t>(size);
  };
}

std::string record_at(int seconds, const std::string& text) {
  return "4,1," + std::to_string(seconds) + "000000,-;" + text + "\n";
}

std::string xid_at(int seconds, const std::string& bus, int code, const std::string& text = "text") {
  return record_at(
      seconds, "NVRM: Xid (PCI:0000:" + bus + ":00): " + std::to_string(code) + ", pid=5, name=p, " + text);
}

const std::string kLoading = "NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.104.05";

live::LogLimits no_limits() {
  live::LogLimits limits;
  limits.until = Clock::now() + std::chrono::hours(1);
  return limits;
}

facts::Document facts_of(std::vector<Step> steps) {
  const auto log = live::read_xids(reading(std::move(steps)), no_limits());
  REQUIRE(log);
  facts::Document document;
  facts::SubjectWriter host(document, "host", "host");
  log->write(host, "test");
  return document;
}

// A record of kernel_log.xids, its fields as text.
std::string xid_text(const facts::Document& document, std::size_t place) {
  return facts::to_text(document.host().list("kernel_log.xids")->at(place));
}

}  // namespace

TEST_CASE("lines of one GPU and code are brought together, the newest last") {
  const auto document = facts_of({record_at(3, "booting"), xid_at(10, "3b", 31, "old"), xid_at(11, "3b", 79),
                                  xid_at(12, "3c", 31), xid_at(13, "3b", 31, "new")});
  REQUIRE(document.host().list("kernel_log.xids")->size() == 3);
  CHECK(*document.host().integer("kernel_log.xid_lines") == 4);
  CHECK(*document.host().integer("kernel_log.since") == 3);
  CHECK(
      xid_text(document, 0) ==
      "address=0000:3b:00.0, count=1, current=true, first=11, last=11, pid=5, process=p, text=text, xid=79");
  CHECK(
      xid_text(document, 1) ==
      "address=0000:3c:00.0, count=1, current=true, first=12, last=12, pid=5, process=p, text=text, xid=31");
  CHECK(xid_text(document, 2) ==
        "address=0000:3b:00.0, count=2, current=true, first=10, last=13, pid=5, process=p, text=new, xid=31");
}

TEST_CASE("lines from before the load of the driver's module are not current") {
  const auto document =
      facts_of({xid_at(10, "3b", 79), xid_at(11, "3b", 31), record_at(20, kLoading), xid_at(21, "3b", 31)});
  CHECK(xid_text(document, 0).find("current=false") != std::string::npos);
  CHECK(xid_text(document, 1).find("count=2, current=true, first=11, last=21") != std::string::npos);
}

TEST_CASE("what programs write into the log is not the driver's") {
  const auto document =
      facts_of({"12,1,1000000,-;NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.\n",
                xid_at(5, "3b", 31), "12,1,7000000,-;" + kLoading + "\n"});
  REQUIRE(document.host().list("kernel_log.xids")->size() == 1);
  CHECK(xid_text(document, 0).find("current=true") != std::string::npos);
}

TEST_CASE("a log without Xid lines has none, and an empty one no beginning") {
  const auto document = facts_of({record_at(3, "booting")});
  CHECK(document.host().list("kernel_log.xids")->empty());
  CHECK(*document.host().integer("kernel_log.xid_lines") == 0);
  const auto empty = facts_of({});
  CHECK(empty.host().list("kernel_log.xids")->empty());
  CHECK(empty.host().find("kernel_log.since")->absent());
}

TEST_CASE("records that were overwritten or are garbage don't end the reading") {
  const auto document =
      facts_of({EPIPE, std::string("\xff\0\xfe", 3), EINTR, EINVAL, std::string(16'384, 'x'), EPIPE,
                record_at(4, "NVRM: Xid (PCI:0000:3b:00): 13, pid=5, name=\xff, \xfe"), xid_at(5, "3b", 31)});
  CHECK(*document.host().integer("kernel_log.xid_lines") == 2);
  CHECK(xid_text(document, 0).find("process=\xEF\xBF\xBD, text=\xEF\xBF\xBD") != std::string::npos);
}

TEST_CASE("of a flood the newest pairs are kept, and all lines counted") {
  std::vector<Step> steps;
  constexpr int kCodes = 150;
  for (int code = 0; code < kCodes; ++code) steps.emplace_back(xid_at(code, "3b", code));
  const auto document = facts_of(std::move(steps));
  const auto& xids = *document.host().list("kernel_log.xids");
  REQUIRE(xids.size() == live::XidLog::kMostPairs);
  CHECK(xid_text(document, 0).find("xid=50") != std::string::npos);
  CHECK(xid_text(document, xids.size() - 1).find("xid=149") != std::string::npos);
  CHECK(*document.host().integer("kernel_log.xid_lines") == kCodes);
}

TEST_CASE("a log that isn't read to its end is unknown") {
  const auto endless = [](std::span<char> buffer) -> ssize_t {
    const auto text = record_at(1, "again");
    std::memcpy(buffer.data(), text.data(), text.size());
    return static_cast<ssize_t>(text.size());
  };
  const auto overwritten = [](std::span<char>) -> ssize_t {
    errno = EPIPE;
    return -1;
  };
  auto limits = no_limits();
  limits.records = 1000;
  CHECK(live::read_xids(endless, limits).error().kind == ErrorKind::too_large);
  CHECK(live::read_xids(overwritten, limits).error().kind == ErrorKind::too_large);
  limits = no_limits();
  limits.bytes = 1000;
  CHECK(live::read_xids(endless, limits).error().kind == ErrorKind::too_large);
  limits = no_limits();
  limits.until = Clock::now() - std::chrono::seconds(1);
  CHECK(live::read_xids(endless, limits).error().kind == ErrorKind::too_large);
  CHECK(live::read_xids(reading({EPERM}), no_limits()).error().kind == ErrorKind::not_permitted);
  CHECK(live::read_xids(reading({EIO}), no_limits()).error().kind == ErrorKind::io);
}

TEST_CASE("what is not the kernel's log is not read") {
  const test::TemporaryDirectory folder;
  folder.file("file", xid_at(1, "3b", 79));
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  for (const auto& path :
       {folder / "missing", folder / "file", folder / "fifo", folder / ".", std::string("/dev/null")}) {
    INFO(path);
    facts::Document document;
    live::read_kernel_log(document, path);
    const auto* xids = document.host().find("kernel_log.xids");
    REQUIRE(xids != nullptr);
    REQUIRE(xids->unknown() != nullptr);
    CHECK(xids->unknown()->reason.starts_with(path + ": it is "));
    CHECK(document.host().find("kernel_log.since")->unknown() != nullptr);
  }
}

TEST_CASE("the log of this machine is known, or there is a reason why not") {
  facts::Document document;
  live::read_kernel_log(document);
  const auto* lines = document.host().find("kernel_log.xid_lines");
  REQUIRE(lines != nullptr);
  CHECK((lines->known() || !lines->unknown()->reason.empty()));
}
