// Input that nobody would write in good faith: an answer in bounded time and memory, or unknown with a
// reason.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "catch.hpp"
#include "python_trees.hpp"
#include "target/directory_tree.hpp"

using namespace preflight;
using test::MemoryTree;
using test::state_of;

namespace {

constexpr auto kHostilePrefix = "/opt/python";
constexpr auto kHostileSite = "/opt/python/lib/python3.11/site-packages";

std::string site(const std::string& name) {
  return target::join_path(kHostileSite, name);
}

MemoryTree sound_tree() {
  MemoryTree tree;
  test::add_python(tree, kHostilePrefix, "3.11.7");
  test::add_package(tree, kHostileSite, "numpy", "1.26.4");
  return tree;
}

facts::Subject read_python(const target::FileTree& tree) {
  return test::environment(test::probe_environments(tree, {kHostilePrefix}), kHostilePrefix);
}

// A directory of the disk that goes with its owner.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "preflight-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = pattern;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path at(const std::string& path) const { return path_ / path.substr(1); }
  void file(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(at(path).parent_path());
    std::ofstream(at(path), std::ios::binary) << text;
  }
  std::unique_ptr<target::DirectoryTree> tree() const {
    return std::move(*target::DirectoryTree::make(path_.string()));
  }

 private:
  std::filesystem::path path_;
};

Folder& add_python(Folder& folder) {
  folder.file("/opt/python/bin/python3.11", "not ELF");
  std::filesystem::create_symlink("python3.11", folder.at("/opt/python/bin/python3"));
  folder.file("/opt/python/lib/python3.11/os.py", "");
  return folder;
}

}  // namespace

TEST_CASE(
    "metadata that can't be read leaves what the directory's name says, and its requirements undecided") {
  enum class Harm { not_permitted, fifo, cycle, endless_headers };
  const auto harm = GENERATE(Harm::not_permitted, Harm::fifo, Harm::cycle, Harm::endless_headers);
  const std::string path = site("locked-1.0.dist-info/METADATA");
  CAPTURE(static_cast<int>(harm));
  auto tree = sound_tree();
  if (harm == Harm::not_permitted) {
    tree.fail(path, {ErrorKind::not_permitted, "Permission denied"});
    tree.directory(site("locked-1.0.dist-info"));
  } else if (harm == Harm::fifo) {
    tree.fifo(path);
  } else if (harm == Harm::cycle) {
    tree.link(path, "METADATA");
  } else {
    tree.file(path, std::string(std::size_t{3} << 20, 'x'));
  }
  const auto python = read_python(tree);
  CHECK(state_of(python, "packages") == "locked=1.0, numpy=1.26.4");
  CHECK(state_of(python, "requirements.undecided").find("locked") != std::string::npos);
}

TEST_CASE("metadata that can't be read, of a package that nothing else names, leaves the packages unknown") {
  auto tree = sound_tree();
  tree.fail(site("locked.egg-info/PKG-INFO"), {ErrorKind::not_permitted, "Permission denied"});
  tree.directory(site("locked.egg-info"));
  const auto python = read_python(tree);
  for (const auto* const fact : {"packages", "duplicates", "requirements.unmet", "torch.version"}) {
    INFO(fact);
    CHECK(state_of(python, fact) == "unreadable");
  }
}

TEST_CASE("site-packages that can't be listed leaves the packages unknown") {
  const auto kind = GENERATE(ErrorKind::not_permitted, ErrorKind::too_large);
  auto tree = sound_tree();
  tree.fail(kHostileSite, {kind, "more than 100,000 entries, or locked"});
  const auto python = read_python(tree);
  CHECK(state_of(python, "packages") == "unreadable");
  CHECK(python.find("packages")->unknown()->reason.starts_with(kHostileSite));
  CHECK(state_of(python, "python.version") == "3.11.7");
}

TEST_CASE("truncated, binary and non-UTF-8 metadata") {
  auto tree = sound_tree();
  tree.file(site("cut-1.0.dist-info/METADATA"), "Metadata-Version: 2.1\nNam");
  tree.file(site("empty-2.0.dist-info/METADATA"), "");
  tree.file(site("latin-3.0.dist-info/METADATA"),
            "Name: latin\nVersion: 3.0\nAuthor: Andr\xe9\nRequires-Dist: caf\xe9\n");
  tree.file(site("nul-4.0.dist-info/METADATA"),
            std::string("Name: nul\nVersion: 4.0\nRequires-Dist: a\0b\n", 42));
  tree.file(site("name-5.0.dist-info/METADATA"), "Name: \xff\xfe\nVersion: \xff\n");
  const auto python = read_python(tree);
  const auto packages = state_of(python, "packages");
  for (const auto* const one : {"cut=1.0", "empty=2.0", "latin=3.0", "nul=4.0", "numpy=1.26.4"}) {
    INFO(packages);
    CHECK(packages.find(one) != std::string::npos);
  }
}

TEST_CASE("a path file with a million lines") {
  auto tree = sound_tree();
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "/n\n";
  SECTION("small enough to read: the paths are too many") {
    tree.file(site("many.pth"), text);
    CHECK(read_python(tree).find("packages")->unknown()->reason.find("more than 1,000 paths") !=
          std::string::npos);
  }
  SECTION("too large to read") {
    for (int i = 0; i < 9; ++i) text += text.substr(0, 300'000);
    tree.file(site("many.pth"), text);
    CHECK(state_of(read_python(tree), "packages") == "unreadable");
  }
  SECTION("of code only it adds nothing") {
    text.clear();
    for (int i = 0; i < 50'000; ++i) text += "import sys\n";
    tree.file(site("many.pth"), text);
    CHECK(state_of(read_python(tree), "packages") == "numpy=1.26.4");
  }
}

TEST_CASE("more packages than anyone installs") {
  auto tree = sound_tree();
  for (int i = 0; i <= 20'000; ++i) tree.file(site("p" + std::to_string(i) + "-1.egg"), "");
  CHECK(read_python(tree).find("packages")->unknown()->reason == "more than 20,000 packages");
}

TEST_CASE("virtual environments that lead to themselves") {
  MemoryTree tree;
  test::add_venv(tree, "/v", "/v", "3.11");
  tree.link("/v/bin/python3.11", "python");
  tree.link("/v/bin/python", "python3.11");
  const auto python = test::environment(test::probe_environments(tree, {"/v"}), "/v");
  CHECK(state_of(python, "packages").empty());
  CHECK(state_of(python, "python.version") == "not observable");
}

TEST_CASE("variables that lead nowhere") {
  MemoryTree tree;
  test::set_variables(tree, {"PATH=" + std::string(100'000, ':') + "/x:relative", "HOME=relative",
                             "VIRTUAL_ENV=\xff", "PYTHONPATH=/\xff"});
  tree.link("/proc/self/cwd", "(unreachable)/x");
  CHECK(test::host_state(test::probe_environments(tree), "environments") == "0");
}

TEST_CASE("on the disk: a METADATA of 1 GB, a FIFO, a link out of the root") {
  Folder folder;
  add_python(folder);
  folder.file(site("big-1.0.dist-info/METADATA"), "Name: big\nVersion: 1.0\nRequires-Dist: numpy\n\n");
  std::filesystem::resize_file(folder.at(site("big-1.0.dist-info/METADATA")), std::uintmax_t{1} << 30);
  folder.file(site("hollow-2.0.dist-info/METADATA"), "");
  std::filesystem::resize_file(folder.at(site("hollow-2.0.dist-info/METADATA")), std::uintmax_t{1} << 30);
  folder.file(site("pipe-3.0.dist-info/RECORD"), "");
  REQUIRE(::mkfifo(folder.at(site("pipe-3.0.dist-info/METADATA")).c_str(), 0600) == 0);
  REQUIRE(::mkfifo(folder.at(site("pipe.pth")).c_str(), 0600) == 0);
  const auto locked = read_python(*folder.tree());
  CHECK(state_of(locked, "packages") == "unreadable");  // what the FIFO would add can't be known
  std::filesystem::remove(folder.at(site("pipe.pth")));
  const auto python = read_python(*folder.tree());
  CHECK(state_of(python, "packages") == "big=1.0, hollow=2.0, pipe=3.0");
  CHECK(state_of(python, "requirements.unmet").find("numpy") != std::string::npos);
}

TEST_CASE("on the disk: site-packages that lead out of the root are not there") {
  Folder outside;
  outside.file("/numpy-1.0.dist-info/METADATA", "Name: numpy\nVersion: 1.0\n");
  Folder folder;
  add_python(folder);
  const std::filesystem::path up = "../../../../../../../../../..";
  const std::filesystem::path targets[] = {
      outside.at("/"), up / std::filesystem::path(outside.at("/")).relative_path(), "site-packages"};
  const auto target = GENERATE(0, 1, 2);  // absolute, relative, a cycle
  std::filesystem::create_symlink(targets[target], folder.at(kHostileSite));
  CHECK(state_of(read_python(*folder.tree()), "packages").empty());
}
