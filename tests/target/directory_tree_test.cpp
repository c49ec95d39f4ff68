#include "target/directory_tree.hpp"

#include <cstring>
#include <fcntl.h>
#include <functional>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catch.hpp"
#include "temporary_directory.hpp"

using namespace preflight;
using namespace preflight::target;
using preflight::test::TemporaryDirectory;

namespace {

std::unique_ptr<DirectoryTree> tree_of(const TemporaryDirectory& directory) {
  auto tree = DirectoryTree::make(directory.path().string());
  REQUIRE(tree);
  return std::move(*tree);
}

template <class T>
ErrorKind kind(const Result<T>& result) {
  REQUIRE_FALSE(result);
  return result.error().kind;
}

// The exit status of what runs in a child process under another user.
int run_as_nobody(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool dropped = ::setegid(65534) == 0 && ::seteuid(65534) == 0;
    ::_exit(dropped ? work() : 99);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("the root must be a directory") {
  const TemporaryDirectory root;
  root.file("file");
  CHECK(kind(DirectoryTree::make(root / "none")) == ErrorKind::not_found);
  CHECK(kind(DirectoryTree::make(root / "file")) == ErrorKind::wrong_type);
}

TEST_CASE("files are read as they are") {
  const TemporaryDirectory root;
  const std::string text("a\0b\xFF\n", 5);
  root.file("etc/data", text);
  root.file("etc/empty");
  const auto tree = tree_of(root);
  CHECK(*tree->read("/etc/data") == text);
  CHECK(*tree->read("etc/data") == text);
  CHECK(tree->read("/etc/empty")->empty());
  CHECK(*tree->read_head("/etc/data", 2) == text.substr(0, 2));
  CHECK(*tree->read("/etc/data", 5) == text);
  CHECK(kind(tree->read("/etc/data", 4)) == ErrorKind::too_large);
  CHECK(tree->status("/etc/data")->size == 5);
  const auto source = tree->open("/etc/data");
  REQUIRE(source);
  std::byte buffer[8];
  CHECK(*(*source)->read_at(3, buffer) == 2);
  CHECK(*(*source)->read_at(9, buffer) == 0);
}

TEST_CASE("links are resolved inside the root") {
  const TemporaryDirectory root;
  const TemporaryDirectory outside;
  outside.file("secret", "outside");
  root.file("usr/lib/libc.so.6", "inside");
  root.link("lib", "usr/lib");
  root.link("absolute", "/usr/lib/libc.so.6");
  root.link("escape", "../../../../../../.." + (outside / "secret"));
  root.link("absolute_escape", outside / "secret");
  root.link("usr/up", "../../../usr/lib");
  root.link("dangling", "/nowhere");
  const auto tree = tree_of(root);
  CHECK(*tree->read("/lib/libc.so.6") == "inside");
  CHECK(*tree->read("/absolute") == "inside");
  CHECK(*tree->read("/usr/up/libc.so.6") == "inside");
  CHECK(*tree->read("/../../usr/lib/libc.so.6") == "inside");
  CHECK(*tree->resolve("/lib/libc.so.6") == "/usr/lib/libc.so.6");
  CHECK(*tree->resolve("/lib/../..") == "/");
  CHECK(kind(tree->read("/escape")) == ErrorKind::not_found);
  CHECK(kind(tree->read("/absolute_escape")) == ErrorKind::not_found);
  CHECK(kind(tree->status("/dangling")) == ErrorKind::not_found);
  CHECK(*tree->read_link("/dangling") == "/nowhere");
  CHECK(kind(tree->read_link("/usr")) == ErrorKind::wrong_type);
  CHECK(kind(tree->read_link("/none")) == ErrorKind::not_found);
}

TEST_CASE("links in a cycle are malformed") {
  const TemporaryDirectory root;
  root.link("self", "self");
  root.link("a", "b/x");
  root.link("b", "/a");
  const auto tree = tree_of(root);
  const auto* const path = GENERATE("/self", "/a", "/b", "/self/x");
  CHECK(kind(tree->status(path)) == ErrorKind::malformed);
  CHECK(kind(tree->resolve(path)) == ErrorKind::malformed);
  CHECK(kind(tree->read(path)) == ErrorKind::malformed);
}

TEST_CASE("a FIFO, a socket, a device or a directory in the place of a file is told without opening it") {
  const TemporaryDirectory root;
  root.directory("directory");
  REQUIRE(::mkfifo((root / "fifo").c_str(), 0644) == 0);
  root.link("to_fifo", "fifo");
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (root / "socket").c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const auto tree = tree_of(root);
  const auto* const path = GENERATE("/fifo", "/to_fifo", "/socket", "/directory");
  CHECK(kind(tree->read(path)) == ErrorKind::wrong_type);
  CHECK(kind(tree->open(path)) == ErrorKind::wrong_type);
  CHECK(tree->status("/fifo")->kind == FileKind::fifo);
  CHECK(tree->status("/socket")->kind == FileKind::socket);
  CHECK(kind(tree->list("/fifo")) == ErrorKind::wrong_type);
}

TEST_CASE("device nodes are described, never opened") {
  const auto host = DirectoryTree::make("/");
  REQUIRE(host);
  const auto status = (*host)->status("/dev/null");
  REQUIRE(status);
  CHECK(status->kind == FileKind::character_device);
  CHECK(status->device_major == 1);
  CHECK(status->device_minor == 3);
  CHECK(kind((*host)->read("/dev/null")) == ErrorKind::wrong_type);
  CHECK(*(*host)->access("/dev/null") == Access::read_write);
}

TEST_CASE("files of /proc, which state no size, are read") {
  const auto host = DirectoryTree::make("/");
  REQUIRE(host);
  CHECK_FALSE((*host)->read("/proc/self/status")->empty());
}

TEST_CASE("names of any bytes are listed in order") {
  const TemporaryDirectory root;
  root.file("d/\xFF\xFE");
  root.file("d/a b\n");
  root.link("d/link", "nowhere");
  root.directory("d/sub");
  const auto entries = tree_of(root)->list("/d");
  REQUIRE(entries);
  REQUIRE(entries->size() == 4);
  CHECK(entries->at(0).name == "a b\n");
  CHECK(entries->at(1).kind == FileKind::link);
  CHECK(entries->at(2).kind == FileKind::directory);
  CHECK(entries->at(3).name == "\xFF\xFE");
  CHECK(kind(tree_of(root)->list("/d/link")) == ErrorKind::not_found);
  CHECK(kind(tree_of(root)->list("/d/\xFF\xFE")) == ErrorKind::wrong_type);
}

TEST_CASE("a directory with too many entries is refused") {
  const TemporaryDirectory root;
  root.file("first");
  const std::string first = root / "first";
  root.directory("many");
  for (int number = 0; number <= 100'000; ++number) {
    const std::string name = "many/" + std::to_string(number);
    // Links to one file need no space of their own; where a file system limits their number, a file follows.
    if (::link(first.c_str(), (root / name).c_str()) != 0) root.file(name);
  }
  CHECK(kind(tree_of(root)->list("/many")) == ErrorKind::too_large);
  REQUIRE(::unlink((root / "many/0").c_str()) == 0);
  CHECK(tree_of(root)->list("/many")->size() == 100'000);
}

TEST_CASE("paths that the kernel can't take are errors") {
  const TemporaryDirectory root;
  root.file("file", "x");
  const auto tree = tree_of(root);
  CHECK(kind(tree->read("")) == ErrorKind::not_found);
  CHECK(kind(tree->resolve("")) == ErrorKind::not_found);
  CHECK(kind(tree->read("/" + std::string(256, 'x'))) == ErrorKind::malformed);
  std::string longest;
  while (longest.size() < 5000) longest += "/.";
  CHECK(kind(tree->status(longest)) == ErrorKind::malformed);
  CHECK(kind(tree->resolve(longest)) == ErrorKind::malformed);
  using std::string_literals::operator""s;
  CHECK(kind(tree->read("/file\0x"s)) == ErrorKind::not_found);
  CHECK(kind(tree->resolve("/file\0x"s)) == ErrorKind::not_found);
  CHECK(kind(tree->read("/file/x")) == ErrorKind::not_found);
  CHECK(kind(tree->read("/file/")) == ErrorKind::not_found);
  CHECK(kind(tree->resolve("/file/..")) == ErrorKind::not_found);
}

TEST_CASE("what this user may not read is not_permitted") {
  if (::geteuid() != 0) {
    WARN("needs root, to become another user");
    SUCCEED();
    return;
  }
  const TemporaryDirectory root;
  root.file("secret", "x");
  root.file("locked/file", "x");
  root.file("readable", "x");
  ::chmod((root / "secret").c_str(), 0600);
  ::chmod((root / "locked").c_str(), 0700);
  ::chmod((root / "readable").c_str(), 0644);
  const auto tree = tree_of(root);
  const int status = run_as_nobody([&] {
    const auto refused = [](const auto& result) {
      return !result && result.error().kind == ErrorKind::not_permitted;
    };
    if (!refused(tree->read("/secret"))) return 1;
    if (!refused(tree->open("/secret"))) return 2;
    if (!refused(tree->read("/locked/file"))) return 3;
    if (!refused(tree->status("/locked/file"))) return 4;
    if (!refused(tree->resolve("/locked/file"))) return 5;
    if (!refused(tree->list("/locked"))) return 6;
    if (!tree->status("/secret")) return 7;
    const auto none = tree->access("/secret");
    if (!none || *none != Access::none) return 8;
    const auto reads = tree->access("/readable");
    if (!reads || *reads != Access::read_only) return 9;
    return 0;
  });
  CHECK(status == 0);
}
