// What $PLATFORM stands for.
#include <string>

#include "catch.hpp"
#include "loader/settings.hpp"

using namespace preflight;
using namespace std::string_literals;

namespace {

const std::string kTexts = "\0xeon_phi\0haswell\0/lib/\0"s;

std::string cpuinfo(const std::string& vendor, const std::string& flags) {
  return "processor\t: 0\nvendor_id\t: " + vendor + "\nflags\t\t: " + flags + "\nbugs\t\t: \n";
}

std::string platform(const std::string& texts, const std::string& described) {
  return loader::platform_of(elf::Machine::x86_64, texts, described);
}

}  // namespace

TEST_CASE("the loader has names of its own for some of Intel's processors") {
  const std::string flags = "fpu abm avx2 bmi1 bmi2 fma movbe popcnt";
  CHECK(platform(kTexts, cpuinfo("GenuineIntel", flags)) == "haswell");
  CHECK(platform(kTexts, cpuinfo("AuthenticAMD", flags)) == "x86_64");
  CHECK(platform(kTexts, cpuinfo("GenuineIntel", "fpu avx2 bmi1 bmi2 fma movbe popcnt")) == "x86_64");
  CHECK(platform(kTexts, cpuinfo("GenuineIntel", flags + " avx512cd avx512er avx512pf")) == "xeon_phi");
  CHECK(platform(kTexts, cpuinfo("GenuineIntel", flags + " avx512cd")) == "haswell");
}

TEST_CASE(
    "a loader without these names takes the kernel's, and so does one whose processor isn't described") {
  const std::string flags = "abm avx2 bmi1 bmi2 fma movbe popcnt";
  CHECK(platform("\0haswells\0/lib/\0"s, cpuinfo("GenuineIntel", flags)) == "x86_64");
  CHECK(platform(kTexts, "") == "x86_64");
  CHECK(loader::platform_of(elf::Machine::aarch64, kTexts, "") == "aarch64");
}
