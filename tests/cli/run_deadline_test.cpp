// A run whose files don't answer: below a FUSE mount whose server says nothing.
#include <chrono>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "catch.hpp"
#include "program.hpp"
#include "support/descriptor.hpp"
#include "target/temporary_directory.hpp"

using namespace preflight;

namespace {

class SilentMount {
 public:
  SilentMount() : server_(::open("/dev/fuse", O_RDWR | O_CLOEXEC)) {
    const auto options = "fd=" + std::to_string(server_.number()) + ",rootmode=40000,user_id=0,group_id=0";
    directory_.directory("mount");
    is_mounted_ = server_ && ::mount("silent", path().c_str(), "fuse", 0, options.c_str()) == 0;
  }
  SilentMount(const SilentMount&) = delete;
  SilentMount& operator=(const SilentMount&) = delete;
  ~SilentMount() {
    if (is_mounted_) ::umount2(path().c_str(), MNT_DETACH);
  }

  bool is_mounted() const { return is_mounted_; }
  std::string path() const { return directory_ / "mount"; }

 private:
  test::TemporaryDirectory directory_;
  Descriptor server_;
  bool is_mounted_ = false;
};

}  // namespace

TEST_CASE("a run whose files don't answer ends at its deadline") {
  const SilentMount mount;
  if (!mount.is_mounted()) {
    WARN("skipped: no FUSE mount can be made here");
    SUCCEED();
    return;
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = test::start({"check", "--no-live", "--deadline", "0.5", "--root", mount.path()});
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
  CHECK((outcome.status == 2 || outcome.status == 137));
}
