// The same tree, seen by Python itself: names and versions of importlib.metadata, and what `pip check` says.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "catch.hpp"
#include "python_trees.hpp"
#include "support/text.hpp"
#include "target/directory_tree.hpp"

using namespace preflight;

namespace {

std::string output_of(const std::string& command) {
  const auto close = [](std::FILE* stream) { ::pclose(stream); };
  const std::unique_ptr<std::FILE, decltype(close)> stream(::popen(command.c_str(), "r"), close);
  std::string text;
  std::array<char, 4096> buffer{};
  while (stream) {
    const auto count = std::fread(buffer.data(), 1, buffer.size(), stream.get());
    if (count == 0) break;
    text.append(buffer.data(), count);
  }
  return text;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

constexpr auto kDistributions = R"(
import importlib.metadata as m, re
found = {}
for d in m.distributions():
    if d.metadata:  # nothing without METADATA is a package
        found.setdefault(re.sub(r'[-_.]+', '-', d.metadata['Name']).lower(), d.version)
print(', '.join(f'{n}={v}' for n, v in sorted(found.items())))
)";

}  // namespace

TEST_CASE("Python and pip see the same packages and the same unmet requirements") {
  std::string pattern = (std::filesystem::temp_directory_path() / "preflight-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  const std::filesystem::path root = pattern;
  if (std::system(("python3 -m venv " + pattern + "/venv").c_str()) != 0) {
    std::filesystem::remove_all(root);
    WARN("python3 has no venv module here: nothing was compared");
    return;
  }
  const auto prefix = pattern + "/venv";
  std::filesystem::path site;
  for (const auto& entry : std::filesystem::directory_iterator(prefix + "/lib"))
    site = entry.path() / "site-packages";
  write(site / "Alpha_One-1.0.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: Alpha.One\nVersion: 1.0\nRequires-Dist: beta>=2\nRequires-Dist: gamma\n"
        "Requires-Dist: nothing; sys_platform == 'win32'\nRequires-Dist: extra-only; extra == 'x'\n\nName: "
        "no\n");
  write(site / "beta-1.5.dist-info/METADATA", "Metadata-Version: 2.1\nName: beta\nVersion: 1.5\n");
  write(site / "delta.egg-info/PKG-INFO", "Metadata-Version: 1.1\nName: delta\nVersion: 0.3\n");
  write(site / "delta.egg-info/requires.txt", "beta<1.5\n\n[test]\nmissing\n");
  write(site / "~eta-1.0.dist-info/RECORD", "");
  write(root / "extra/epsilon-7.dist-info/METADATA", "Metadata-Version: 2.1\nName: epsilon\nVersion: 7\n");
  write(site / "extra.pth", (root / "extra").string() + "\nimport sys\n");

  const auto tree = target::DirectoryTree::make("/");
  REQUIRE(tree);
  facts::Document document;
  facts::FactWriter writer(document);
  test::find_probe("python-environments").run({**tree, probe::SystemState::at_rest, {prefix}}, writer);
  const auto resolved = (*tree)->resolve(prefix);
  REQUIRE(resolved);
  const auto& venv = test::environment(document, *resolved);

  write(root / "list.py", kDistributions);
  const auto python = prefix + "/bin/python ";
  CHECK(test::state_of(venv, "packages") == trim(output_of(python + "-E " + (root / "list.py").string())));
  CHECK(test::state_of(venv, "python.version") ==
        trim(output_of(python + "-c 'import platform; print(platform.python_version())'")));

  std::string unmet;
  REQUIRE(venv.list("requirements.unmet") != nullptr);
  for (const auto& record : *venv.list("requirements.unmet")) {
    const auto& fields = std::get<facts::Map>(record.data);
    const auto text = [&](const char* name) { return std::get<std::string>(fields.at(name).data); };
    const auto installed = text("installed");
    unmet += text("package") + " " + text("version");
    if (installed.empty()) {
      unmet += " requires " + text("required") + ", which is not installed.\n";
    } else {
      unmet += " has requirement " + text("requirement") + ", but you have " + text("required") + " " +
               installed + ".\n";
    }
  }
  const auto pip = output_of(python + "-m pip --isolated --disable-pip-version-check check 2>/dev/null");
  const auto sorted = [](std::string_view text) {
    auto all = lines(text);
    std::ranges::sort(all);
    return all;
  };
  CHECK(sorted(unmet) == sorted(pip));
  std::filesystem::remove_all(root);
}
