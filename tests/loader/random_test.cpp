// Scenes made at random, from a fixed seed: whatever the rules do together, ours and the real loader do the
// same.
#include <random>

#include "catch.hpp"
#include "sanitized.hpp"
#include "scene.hpp"

using namespace preflight;
using test::ElfImage;
using test::Scene;

namespace {

constexpr int kScenes = test::kSanitized ? 30 : 300;

const std::vector<std::string> kNames = {"liba.so", "libb.so",   "libc1.so",
                                         "libd.so", "libe.so.1", "libf.so.2"};
const std::vector<std::string> kDirectories = {"one", "two", "three", "two/glibc-hwcaps/x86-64-v2", "bin"};
const std::vector<std::string> kSearched = {"@/one",          "@/two",  "@/three", "$ORIGIN",
                                            "$ORIGIN/../two", "@/none", "@/one/"};

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  void fill(Scene& scene) {
    std::vector<std::string> earlier;
    for (const auto& directory : kDirectories) {
      for (const auto& name : kNames) {
        place(scene, directory + "/" + name, earlier);
        earlier.push_back("@/" + directory + "/" + name);
      }
    }
    scene.program = image(2);
    scene.program.soname.clear();
    if (one_in(2)) scene.library_path = path();
    if (one_in(4)) scene.preload = one_in(3) ? "@/one/" + pick(kNames) : pick(kNames);
    const unsigned openings = below(5);
    for (unsigned index = 0; index < openings; ++index) {
      std::string name = pick(kNames);
      if (one_in(3)) name = "@/" + pick(kDirectories) + "/" + name;
      if (one_in(9)) name = "$ORIGIN/" + pick(kNames);
      const auto visibility = one_in(2) ? loader::Visibility::local : loader::Visibility::global;
      scene.openings.push_back({one_in(3) ? "-" : pick(kNames), name, visibility});
    }
  }

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  bool one_in(unsigned count) { return below(count) == 0; }
  std::string pick(const std::vector<std::string>& texts) {
    return texts[below(static_cast<unsigned>(texts.size()))];
  }

  // One to three directories to search.
  std::string path() {
    std::string text = pick(kSearched);
    for (unsigned more = below(3); more > 0; --more) text += ":" + pick(kSearched);
    return text;
  }

  ElfImage image(unsigned most_needed) {
    ElfImage image;
    for (unsigned count = below(most_needed + 1); count > 0; --count) {
      image.needed.push_back(one_in(12) ? "@/" + pick(kDirectories) + "/" + pick(kNames) : pick(kNames));
    }
    if (one_in(2)) image.soname = one_in(5) ? pick(kNames) : "";
    if (one_in(3)) {
      image.rpath = path();
    } else if (one_in(2)) {
      image.runpath = path();
    }
    if (one_in(20)) image.rpath = image.runpath = path();
    if (one_in(20)) image.flags_1 = test::kNoDefaultDirectories;
    return image;
  }

  void place(Scene& scene, const std::string& path, const std::vector<std::string>& earlier) {
    switch (below(24)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
      case 6:
      case 7:
        return;
      case 8:
      case 9:
        // Never in a circle: after that the loader gives up the list of directories, which ours doesn't.
        if (!earlier.empty()) scene.link(path, pick(earlier));
        return;
      case 10:
        return scene.library(path, {.machine = 183});
      case 11:
        if (one_in(4)) return scene.file(path, "garbage");
        return;
      default:
        return scene.library(path, image(3));
    }
  }

  std::minstd_rand random_;
};

}  // namespace

TEST_CASE("random scenes") {
  if (!test::has_real_loader()) {
    WARN("skipped: this machine isn't x86-64 with glibc's loader");
    SUCCEED();
    return;
  }
  for (unsigned seed = 1; seed <= kScenes; ++seed) {
    CAPTURE(seed);
    Scene scene;
    Maker(seed).fill(scene);
    CHECK(scene.by_ours() == scene.by_real_loader());
  }
}
