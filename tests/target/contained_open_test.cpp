// The kernel's openat2, our own walk and a real chroot must agree on a random tree of directories, files and
// links.
#include "target/contained_open.hpp"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <fcntl.h>
#include <random>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "catch.hpp"
#include "temporary_directory.hpp"

using namespace preflight;
using namespace preflight::target;
using preflight::test::TemporaryDirectory;

namespace {

// What opening a path came to: the inode, or the kind of error.
struct Outcome {
  ino_t inode = 0;
  int error = -1;
  char resolved[PATH_MAX] = {};
};

Outcome outcome_of(const Result<Descriptor>& opened) {
  Outcome outcome;
  if (!opened) {
    outcome.error = static_cast<int>(opened.error().kind);
    return outcome;
  }
  struct stat status {};
  if (::fstat(opened->number(), &status) == 0) outcome.inode = status.st_ino;
  return outcome;
}

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string name() { return std::string(1, static_cast<char>('a' + below(5))); }

  // Paths with dots, doubled and trailing slashes, absolute or not.
  std::string path() {
    std::string text = below(3) == 0 ? "/" : "";
    const auto pieces = 1 + below(5);
    for (std::size_t index = 0; index < pieces; ++index) {
      const auto choice = below(10);
      text += choice == 0 ? ".." : choice == 1 ? "." : name();
      if (index + 1 < pieces || below(8) == 0) text += below(10) == 0 ? "//" : "/";
    }
    return text;
  }

 private:
  std::mt19937 random_;
};

void plant(Generator& generator, const std::string& directory, int depth) {
  for (char letter = 'a'; letter < 'f'; ++letter) {
    const std::string path = directory + "/" + letter;
    switch (generator.below(5)) {
      case 0:
        break;
      case 1:
        ::close(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
        break;
      case 2:
        if (depth == 0) break;
        REQUIRE(::mkdir(path.c_str(), 0755) == 0);
        plant(generator, path, depth - 1);
        break;
      default:
        REQUIRE(::symlink(generator.path().c_str(), path.c_str()) == 0);
    }
  }
}

// The outcomes that a process sees whose root is the directory; empty when this user may not chroot.
std::vector<Outcome> outcomes_in_chroot(const std::string& root, const std::vector<std::string>& paths,
                                        LastLink last) {
  const std::size_t size = paths.size() * sizeof(Outcome);
  void* shared = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  auto* outcomes = static_cast<Outcome*>(shared);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::chroot(root.c_str()) != 0 || ::chdir("/") != 0) ::_exit(1);
    for (std::size_t index = 0; index < paths.size(); ++index) {
      const int flags = O_PATH | O_CLOEXEC | (last == LastLink::keep ? O_NOFOLLOW : 0);
      const int number = ::open(paths[index].c_str(), flags);
      const int error = errno;
      outcomes[index] = outcome_of(number < 0 ? Result<Descriptor>(system_error(error))
                                              : Result<Descriptor>(Descriptor(number)));
      if (::realpath(paths[index].c_str(), outcomes[index].resolved) == nullptr)
        outcomes[index].resolved[0] = '\0';
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  std::vector<Outcome> seen;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) seen.assign(outcomes, outcomes + paths.size());
  ::munmap(shared, size);
  return seen;
}

}  // namespace

TEST_CASE("the kernel, the walk and a chroot agree on random trees of links") {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    Generator generator(seed);
    const TemporaryDirectory root;
    plant(generator, root.path().string(), 3);
    const Descriptor directory(::open(root.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(directory);
    std::vector<std::string> paths;
    for (int count = 0; count < 400; ++count) paths.push_back(generator.path());
    for (const auto last : {LastLink::follow, LastLink::keep}) {
      const auto expected = outcomes_in_chroot(root.path().string(), paths, last);
      if (expected.empty()) WARN("may not chroot: the kernel's openat2 and the walk are compared alone");
      for (std::size_t index = 0; index < paths.size(); ++index) {
        INFO("seed " << seed << ", path " << paths[index] << ", last " << static_cast<int>(last));
        std::string resolved;
        const auto kernel = outcome_of(open_contained(directory, paths[index], last));
        const auto walk_result = walk_contained(directory, paths[index], last, &resolved);
        const auto walk = outcome_of(walk_result);
        CHECK(walk.error == kernel.error);
        CHECK(walk.inode == kernel.inode);
        if (expected.empty()) continue;
        CHECK(walk.error == expected[index].error);
        CHECK(walk.inode == expected[index].inode);
        if (last == LastLink::follow && walk_result) CHECK(resolved == expected[index].resolved);
      }
    }
  }
}

TEST_CASE("forty links are followed and no more") {
  const TemporaryDirectory root;
  root.file("0", "x");
  for (int number = 1; number <= 41; ++number) root.link(std::to_string(number), std::to_string(number - 1));
  const Descriptor directory(::open(root.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  CHECK(open_contained(directory, "/40", LastLink::follow));
  CHECK(walk_contained(directory, "/40", LastLink::follow));
  CHECK_FALSE(open_contained(directory, "/41", LastLink::follow));
  CHECK_FALSE(walk_contained(directory, "/41", LastLink::follow));
}

TEST_CASE("links of very many components are followed") {
  const TemporaryDirectory root;
  std::string dots;
  for (int count = 0; count < 2000; ++count) dots += "/.";
  root.link("a", "b" + dots);
  root.link("b", "c" + dots);
  root.link("c", "d" + dots);
  root.directory("d");
  const Descriptor directory(::open(root.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  CHECK(open_contained(directory, "/a", LastLink::follow));
  CHECK(walk_contained(directory, "/a", LastLink::follow));
}

TEST_CASE("a path of too many levels is malformed, not followed with every descriptor") {
  const TemporaryDirectory root;
  std::string deep;
  for (int level = 0; level < 300; ++level) deep += "d/";
  root.directory(deep);
  const Descriptor directory(::open(root.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  CHECK(open_contained(directory, deep, LastLink::follow));
  const auto walked = walk_contained(directory, deep, LastLink::follow);
  REQUIRE_FALSE(walked);
  CHECK(walked.error().kind == ErrorKind::malformed);
}
