#include "doubles/elf_image.hpp"

#include <algorithm>

#include "doubles/structure_writer.hpp"

namespace preflight::test {

namespace {

using elf::ByteOrder;
using elf::Layout;
using elf::Width;

// Permissions of segments. The loader writes into the dynamic section, and functions stand in the same
// segment.
constexpr std::uint64_t kReadWrite = 6;
constexpr std::uint64_t kAll = 7;
constexpr std::uint64_t kPage = 4096;

struct SectionPlan {
  std::string name = {};
  std::uint32_t type = 1;
  std::uint32_t link = 0;
  std::string content = {};
  std::uint64_t offset = 0;
  std::uint64_t entry_size = 0;
};

std::string note_bytes(Layout layout, const ElfImage::Note& note) {
  StructureWriter out(layout);
  out.u32(note.owner.size() + 1).u32(note.description.size()).u32(note.type);
  out.text(note.owner + '\0').pad(4).text(note.description).pad(4);
  return out.bytes();
}

std::string definition_bytes(Layout layout, const std::vector<std::string>& versions, StringTable& strings) {
  StructureWriter out(layout);
  for (std::size_t index = 0; index < versions.size(); ++index) {
    const bool last = index + 1 == versions.size();
    out.u16(1).u16(0).u16(index + 1).u16(1).u32(0).u32(20).u32(last ? 0 : 28);
    out.u32(strings.add(versions[index])).u32(0);
  }
  return out.bytes();
}

std::string need_bytes(Layout layout, const std::string& library, const std::vector<std::string>& versions,
                       StringTable& strings) {
  StructureWriter out(layout);
  out.u16(1).u16(versions.size()).u32(strings.add(library)).u32(16).u32(0);
  for (std::size_t index = 0; index < versions.size(); ++index) {
    const bool last = index + 1 == versions.size();
    out.u32(0).u16(0).u16(index + 2).u32(strings.add(versions[index])).u32(last ? 0 : 16);
  }
  return out.bytes();
}

// One bucket, in which all symbols follow each other.
std::string hash_bytes(Layout layout, std::size_t symbol_count) {
  StructureWriter out(layout);
  out.u32(1).u32(symbol_count).u32(symbol_count - 1).u32(0);
  for (std::size_t index = 1; index < symbol_count; ++index) out.u32(index - 1);
  return out.bytes();
}

}  // namespace

std::string ElfImage::bytes() const {
  const bool wide = layout.width == Width::bits64;
  const std::uint64_t header_size = wide ? 64 : 52;
  const std::uint64_t segment_size = wide ? 56 : 32;
  const std::uint64_t segment_count = 3 + (interpreter.empty() ? 0U : 2U) + notes.size();

  StringTable strings;
  std::vector<SectionPlan> plans = {{.name = "", .type = 0}};
  std::uint64_t end = header_size + segment_count * segment_size;
  const auto place = [&](SectionPlan plan) {
    end = (end + 15) / 16 * 16;
    plan.offset = end;
    end += plan.content.size();
    plans.push_back(std::move(plan));
    return plans.back().offset;
  };

  const auto interpreter_text = interpreter + '\0';
  const auto interpreter_offset =
      interpreter.empty() ? 0 : place({.name = ".interp", .content = interpreter_text});
  for (const auto& part : sections) place({.name = part.name, .content = part.content});
  std::vector<std::uint64_t> function_offsets;
  for (const auto& function : functions) {
    function_offsets.push_back(place({.name = ".text", .content = function.content}));
  }
  std::vector<SectionPlan> note_plans;
  for (const auto& note : notes) {
    place({.name = note.section, .type = 7, .content = note_bytes(layout, note)});
    note_plans.push_back(plans.back());
  }

  StructureWriter symbols(layout);
  symbols.text(std::string(wide ? 24 : 16, '\0'));
  for (std::size_t index = 0; index < functions.size(); ++index) {
    const std::uint64_t address = kBase + function_offsets[index];
    const std::uint64_t size = functions[index].content.size();
    symbols.u32(strings.add(functions[index].name));
    if (wide) symbols.text("\x12").text(std::string(1, '\0')).u16(1).word(address).word(size);
    if (!wide) symbols.word(address).word(size).text("\x12").text(std::string(1, '\0')).u16(1);
  }

  StructureWriter dynamic(layout);
  for (const auto& name : needed) dynamic.word(1).word(strings.add(name));
  if (!soname.empty()) dynamic.word(14).word(strings.add(soname));
  if (!rpath.empty()) dynamic.word(15).word(strings.add(rpath));
  if (!runpath.empty()) dynamic.word(29).word(strings.add(runpath));
  if (flags_1 != 0) dynamic.word(0x6ffffffb).word(flags_1);
  if (!versions.empty()) {
    const auto offset = place({.name = ".gnu.version_d",
                               .type = 0x6ffffffd,
                               .content = definition_bytes(layout, versions, strings)});
    dynamic.word(0x6ffffffc).word(kBase + offset).word(0x6ffffffd).word(versions.size());
  }
  if (!needed_versions.empty()) {
    const auto content = need_bytes(layout, needed.front(), needed_versions, strings);
    const auto offset = place({.name = ".gnu.version_r", .type = 0x6ffffffe, .content = content});
    dynamic.word(0x6ffffffe).word(kBase + offset).word(0x6fffffff).word(1);
  }
  const std::uint32_t strings_index = static_cast<std::uint32_t>(plans.size());
  const auto strings_offset = place({.name = ".dynstr", .type = 3, .content = strings.bytes()});
  const auto symbols_offset = place({.name = ".dynsym",
                                     .type = 11,
                                     .link = strings_index,
                                     .content = symbols.bytes(),
                                     .entry_size = wide ? 24U : 16U});
  const auto hash_offset =
      place({.name = ".hash", .type = 5, .content = hash_bytes(layout, functions.size() + 1)});
  dynamic.word(4).word(kBase + hash_offset);
  dynamic.word(6).word(kBase + symbols_offset).word(11).word(wide ? 24 : 16);
  dynamic.word(5).word(kBase + strings_offset).word(10).word(strings.bytes().size()).word(0).word(0);
  const auto dynamic_offset = place({.name = ".dynamic", .type = 6, .content = dynamic.bytes()});

  StringTable names;
  std::vector<std::uint64_t> name_offsets;
  name_offsets.reserve(plans.size() + 1);
  for (const auto& plan : plans) name_offsets.push_back(names.add(plan.name));
  name_offsets.push_back(names.add(".shstrtab"));
  place({.name = ".shstrtab", .type = 3, .content = names.bytes()});
  const std::uint64_t table = (end + 15) / 16 * 16;

  StructureWriter out(layout);
  out.text(
         "\x7f"
         "ELF")
      .text(wide ? "\x02" : "\x01");
  out.text(layout.order == ByteOrder::little ? "\x01" : "\x02").text("\x01").pad(16);
  out.u16(type).u16(machine).u32(1).word(0).word(header_size).word(table).u32(0);
  out.u16(header_size).u16(segment_size).u16(segment_count).u16(wide ? 64 : 40).u16(plans.size());
  out.u16(plans.size() - 1);
  const auto segment = [&](std::uint32_t kind, std::uint64_t offset, std::uint64_t size,
                           std::uint64_t permissions = kReadWrite, std::uint64_t alignment = 8) {
    out.u32(kind);
    if (wide) out.u32(permissions);
    out.word(offset).word(kBase + offset).word(kBase + offset).word(size).word(size);
    if (!wide) out.u32(permissions);
    out.word(alignment);
  };
  if (!interpreter.empty()) {
    segment(6, header_size, segment_count * segment_size);
    segment(3, interpreter_offset, interpreter_text.size());
  }
  segment(1, 0, table, kAll, kPage);
  segment(2, dynamic_offset, dynamic.bytes().size());
  segment(0x6474e551, 0, 0, stack == Stack::executable ? kAll : kReadWrite);
  for (const auto& plan : note_plans) segment(4, plan.offset, plan.content.size());
  for (const auto& plan : plans) {
    if (plan.offset != 0) out.pad(16).text(plan.content);
  }
  out.pad(16);
  for (std::size_t index = 0; index < plans.size(); ++index) {
    const auto& plan = plans[index];
    out.u32(name_offsets[index]).u32(plan.type).word(2).word(plan.offset == 0 ? 0 : kBase + plan.offset);
    out.word(plan.offset).word(plan.content.size()).u32(plan.link).u32(0).word(4).word(plan.entry_size);
  }
  return out.bytes();
}

}  // namespace preflight::test
