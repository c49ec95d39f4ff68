#include "gpu_code/gpu_code.hpp"

#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "doubles/fatbin_image.hpp"

using namespace preflight;
using namespace preflight::gpu_code;
using test::CodeVariant;
using test::Compression;
using test::FatbinImage;

namespace {

using NameList = std::vector<std::string>;

Result<GpuCode> read_bytes(const std::string& bytes) {
  const BufferSource source(std::as_bytes(std::span(bytes)));
  return read_gpu_code(source);
}

GpuCode read_sections(std::vector<test::ElfImage::Part> sections) {
  const auto code = read_bytes(test::ElfImage{.sections = std::move(sections)}.bytes());
  REQUIRE(code);
  return *code;
}

// The error of a library whose ".nv_fatbin" holds these bytes.
Error error_of(const std::string& section) {
  const auto code = read_bytes(test::ElfImage{.sections = {{".nv_fatbin", section}}}.bytes());
  REQUIRE_FALSE(code);
  return code.error();
}

FatbinImage::Entry sass(std::uint32_t architecture, CodeVariant variant = CodeVariant::plain) {
  return {.architecture = architecture, .variant = variant};
}

FatbinImage::Entry ptx(std::uint32_t architecture, std::uint16_t major, std::uint16_t minor) {
  return {.kind = 1, .architecture = architecture, .major = major, .minor = minor, .code = ".version"};
}

}  // namespace

TEST_CASE("the architectures of a library's fat binaries") {
  const FatbinImage first{
      .entries = {sass(80), sass(90), sass(90, CodeVariant::arch_specific), ptx(90, 8, 4)}};
  const FatbinImage second{
      .entries = {sass(90), sass(80), sass(80), ptx(90, 7, 8), sass(100, CodeVariant::family_specific)}};
  const auto code = read_sections({{".rodata", "host"}, {".nv_fatbin", first.bytes() + second.bytes()}});

  CHECK(code.containers == 2);
  CHECK(sass_names(code) == NameList{"sm_80", "sm_90", "sm_90a", "sm_100f"});
  CHECK(ptx_names(code) == NameList{"compute_90"});
  CHECK(code.sass[0].containers == 2);
  CHECK(code.sass[2].containers == 1);
  CHECK(code.ptx[0].containers == 2);
  CHECK(code.ptx[0].oldest == PtxVersion{7, 8});
  CHECK(code.ptx[0].newest == PtxVersion{8, 4});
  CHECK(has_sass_for(code, {10, 3}));
  CHECK_FALSE(has_sass_for(code, {12, 0}));
  CHECK(has_ptx_for(code, {12, 0}));
  CHECK_FALSE(has_ptx_for(code, {8, 9}));
}

TEST_CASE("what most fat binaries hold code for is common") {
  const auto read_containers = [](const std::vector<std::vector<FatbinImage::Entry>>& containers) {
    std::string bytes;
    for (const auto& entries : containers) bytes += FatbinImage{.entries = entries}.bytes();
    return read_sections({{".nv_fatbin", bytes}});
  };
  const auto code =
      read_containers({{sass(80), sass(90), ptx(90, 8, 0)},
                       {sass(80), sass(90), ptx(90, 8, 0)},
                       {sass(80), sass(90), sass(90, CodeVariant::arch_specific), ptx(80, 8, 0)}});
  CHECK(sass_names(code, Share::most) == NameList{"sm_80", "sm_90"});
  CHECK(ptx_names(code, Share::most) == NameList{"compute_90"});
  CHECK(sass_names(read_containers({{sass(80)}, {sass(90)}}), Share::most).empty());
  CHECK(sass_names(read_containers({{sass(80), sass(80), sass(90)}}), Share::most) ==
        NameList{"sm_80", "sm_90"});
  CHECK(sass_names(read_containers({}), Share::most).empty());
}

TEST_CASE("a library with nothing but stubs is told apart") {
  const auto of = [](const FatbinImage::Entry& entry) {
    return read_sections({{".nv_fatbin", FatbinImage{.entries = {entry, sass(52)}}.bytes()}});
  };
  CHECK(only_stubs(of({.code = std::string(2248, 'x')})));
  CHECK_FALSE(only_stubs(of({.code = std::string(2984, 'x')})));
  // The double makes sizes ten times as large before compression.
  CHECK(only_stubs(of({.compression = Compression::zstd, .code = std::string(200, 'x')})));
  CHECK_FALSE(only_stubs(of({.compression = Compression::zstd, .code = std::string(300, 'x')})));
  CHECK_FALSE(only_stubs(of(ptx(52, 8, 0))));
  CHECK(of({.code = std::string(2984, 'x')}).largest == 2984);
}

TEST_CASE("relocatable code counts, other sections and kinds don't") {
  const auto of = [](std::uint32_t architecture) {
    return FatbinImage{.entries = {sass(architecture)}}.bytes();
  };
  const FatbinImage intermediate{.entries = {{.kind = 8, .architecture = 75, .code = "NVVM"}}};
  const auto code = read_sections({{"__nv_relfatbin", of(80)},
                                   {".nvFatBinSegment", of(70)},
                                   {".nv_fatbin", of(90) + intermediate.bytes()},
                                   {".hip_fatbin", "CCOB"}});
  CHECK(sass_names(code) == NameList{"sm_80", "sm_90"});
  CHECK(code.ptx.empty());
  CHECK(code.containers == 3);
}

TEST_CASE("a file without GPU code has none") {
  const auto code = read_sections({{".rodata", "host"}, {".nv_fatbin", ""}});
  CHECK(code.containers == 0);
  CHECK(code.sass.empty());
  CHECK_FALSE(has_sass_for(code, {9, 0}));
  CHECK_FALSE(has_compressed(code));
  CHECK_FALSE(only_stubs(code));
}

TEST_CASE("compression and options change nothing but the flag") {
  const auto compression = GENERATE(Compression::old, Compression::lz4, Compression::zstd);
  const FatbinImage image{.entries = {{.architecture = 80, .compression = compression},
                                      {.kind = 1,
                                       .architecture = 90,
                                       .variant = CodeVariant::arch_specific,
                                       .compression = compression,
                                       .major = 9,
                                       .minor = 0,
                                       .options = "--compile-only  "},
                                      sass(90)}};
  const auto code = read_sections({{".nv_fatbin", image.bytes()}});
  CHECK(sass_names(code) == NameList{"sm_80", "sm_90"});
  CHECK(code.sass[0].compressed);
  CHECK_FALSE(code.sass[1].compressed);
  CHECK(ptx_names(code) == NameList{"compute_90a"});
  CHECK(code.ptx[0].compressed);
  CHECK(has_compressed(code));
}

TEST_CASE("zeros between and behind containers are alignment") {
  const auto one = FatbinImage{.entries = {sass(80)}}.bytes();
  const auto two = FatbinImage{.entries = {sass(90)}}.bytes();
  const auto code =
      read_sections({{".nv_fatbin", one + std::string(48, '\0') + two + std::string(20, '\0')}});
  CHECK(sass_names(code) == NameList{"sm_80", "sm_90"});
  CHECK(error_of(one + std::string(1024, '\0') + two).kind == ErrorKind::malformed);
}

TEST_CASE("a bare fat binary is read, too; other files are not") {
  const auto code = read_bytes(FatbinImage{.entries = {sass(75), ptx(75, 8, 0)}}.bytes());
  REQUIRE(code);
  CHECK(sass_names(*code) == NameList{"sm_75"});
  CHECK(ptx_names(*code) == NameList{"compute_75"});

  CHECK(read_bytes(test::ElfImage{.machine = 190}.bytes()).error().kind == ErrorKind::unsupported);
  CHECK(read_bytes("").error().kind == ErrorKind::malformed);
  CHECK(read_bytes("#!/bin/sh\n").error().kind == ErrorKind::malformed);
}

TEST_CASE("headers that lie are errors") {
  const FatbinImage good{.entries = {sass(80), sass(90)}};

  SECTION("no magic number") {
    auto image = good;
    image.magic = 0x1EE55A01;
    CHECK(error_of(image.bytes()).kind == ErrorKind::malformed);
    CHECK(error_of(good.bytes() + "12345678" + good.bytes()).kind == ErrorKind::malformed);
  }
  SECTION("cut off at any place") {
    const auto bytes = good.bytes();
    for (std::size_t size = 16; size < bytes.size(); ++size) {
      INFO(size);
      CHECK(error_of(bytes.substr(0, size)).kind == ErrorKind::malformed);
      const auto bare = read_bytes(bytes.substr(0, size));
      CHECK_FALSE(bare);
    }
  }
  SECTION("a container that is too large") {
    auto image = good;
    image.size = GENERATE(std::uint64_t{1} << 20U, UINT64_MAX, UINT64_MAX - 15, UINT64_MAX - 16);
    CHECK(error_of(image.bytes()).kind == ErrorKind::malformed);
  }
  SECTION("a container's header that is too small or too large") {
    auto image = good;
    image.header_size = GENERATE(std::uint16_t{0}, std::uint16_t{15}, std::uint16_t{65535});
    CHECK(error_of(image.bytes()).kind == ErrorKind::malformed);
  }
  SECTION("an entry's header that is too small or too large") {
    auto image = good;
    image.entries[0].header_size = GENERATE(0U, 63U, 4096U, UINT32_MAX);
    CHECK(error_of(image.bytes()).kind == ErrorKind::malformed);
  }
  SECTION("code that is too large, or goes around") {
    auto image = good;
    image.entries[0].code_size =
        GENERATE(std::uint64_t{1} << 32U, UINT64_MAX, UINT64_MAX - 63, UINT64_MAX - 79);
    CHECK(error_of(image.bytes()).kind == ErrorKind::malformed);
  }
  SECTION("no architecture") {
    auto image = good;
    image.entries[1].architecture = GENERATE(0U, 9U, 1000U, UINT32_MAX);
    CHECK(error_of(image.bytes()).kind == ErrorKind::malformed);
  }
}

TEST_CASE("more headers than any library has are an error, soon") {
  const FatbinImage empty;
  std::string bytes;
  for (int count = 0; count < (1 << 18) + 1; ++count) bytes += empty.bytes();
  CHECK(error_of(bytes).kind == ErrorKind::too_large);
}

TEST_CASE("a section beyond the file is an error") {
  auto bytes =
      test::ElfImage{.sections = {{".nv_fatbin", FatbinImage{.entries = {sass(80)}}.bytes()}}}.bytes();
  // The size of the first section behind the empty one: its header stands behind that of section 0.
  std::uint64_t table = 0;
  for (unsigned place = 0; place < 8; ++place) {
    table |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[40 + place])) << (8 * place);
  }
  for (std::size_t place = 0; place < 8; ++place)
    bytes[static_cast<std::size_t>(table) + 64 + 32 + place] = '\x7f';
  const auto code = read_bytes(bytes);
  REQUIRE_FALSE(code);
  CHECK(code.error().kind == ErrorKind::malformed);
}
