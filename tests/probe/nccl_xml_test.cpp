#include "probe/nccl_xml.hpp"

#include "catch.hpp"

using namespace preflight;
using probe::graph_gpus;
using probe::parse_nccl_xml;
using probe::topology_defects;
using probe::topology_gpus;

namespace {

using Texts = std::vector<std::string>;

const std::string kTopology = R"(<!-- of a virtual machine -->
<system version="1">
  <cpu numaid="0" affinity="ff" arch="x86_64" vendor="GenuineIntel" familyid="6" modelid="143">
    <pci busid="0000:01:00.0" class="0x060400" link_speed="" link_width="0">
      <pci busid="0000:3B:00.0" class="0x030200"/>
      <pci busid='0000:5e:00.0' class='0x030000' />
      <pci busid="0000:5f:00.0" class="0x020700"/>
    </pci>
    <pci busid="0000:86:00.0" class="0x068000"><gpu dev="0" sm="90"/></pci>
  </cpu>
  <cpu numaid="1" arch="arm64"/>
</system>
)";

std::string defect(const std::string& text) {
  return parse_nccl_xml(text).defect;
}

Texts defects(const std::string& text) {
  return topology_defects(parse_nccl_xml(text));
}

}  // namespace

TEST_CASE("a topology as NCCL writes it") {
  const auto file = parse_nccl_xml(kTopology);
  CHECK(file.defect.empty());
  REQUIRE(file.elements.size() == 9);
  CHECK(file.elements[0].attribute("version") == "1");
  CHECK(!file.elements[0].parent);
  CHECK(file.elements[3].parent == 2U);
  CHECK(file.elements[8].parent == 0U);
  CHECK(file.elements[2].attribute("link_speed").empty());
  CHECK(topology_gpus(file) == Texts{"0000:3b:00.0", "0000:5e:00.0", "0000:86:00.0"});
  CHECK(topology_defects(file).empty());
}

TEST_CASE("what NCCL misses in a topology is named once") {
  CHECK(defects("") == Texts{"no system"});
  CHECK(defects("<cpu numaid='0' arch='arm64'/>") == Texts{"no system"});
  CHECK(defects("<system/>") == Texts{"system of a version that isn't 1"});
  CHECK(defects("<system version='2'/>") == Texts{"system of a version that isn't 1"});
  CHECK(defects("<system version='1'><cpu numaid='0'/><cpu numaid='1'/></system>") ==
        Texts{"cpu without arch"});
  CHECK(defects("<system version='1'><cpu arch='x86_64'/></system>") ==
        Texts{"cpu without familyid", "cpu without modelid", "cpu without numaid", "cpu without vendor"});
  CHECK(defects("<system version='1'><pci/><pci class='0x030200'/></system>") ==
        Texts{"pci without busid", "pci without class"});
}

TEST_CASE("text at which NCCL stops reading") {
  CHECK(defect("<?xml version=\"1.0\"?>\n<system version='1'/>") == "an XML declaration");
  CHECK(defect("\xef\xbb\xbf<system version='1'/>") == "text outside of tags");
  CHECK(defect("<system>text</system>") == "text outside of tags");
  CHECK(defect("<system version='1'></cpu></system>") == "</cpu> closes nothing");
  CHECK(defect("</system>") == "</system> closes nothing");
  CHECK(defect("<system version=1/>") == "an attribute of system isn't NAME=\"VALUE\"");
  CHECK(defect("<system version/>") == "an attribute of system isn't NAME=\"VALUE\"");
  CHECK(defect("<system version='1\"/>") == "an attribute of system isn't NAME=\"VALUE\"");
  CHECK(defect("<>") == "an element without a name");
  CHECK(defect("<!-- ") == "a comment isn't closed");
  CHECK(defects("<system version='1'>") == Texts{"system isn't closed"});
}

TEST_CASE("wherever a topology is cut off, that is told or its parts are missing") {
  const auto whole = kTopology.find("</system>");
  for (std::size_t size = kTopology.find("<system"); size < whole + 8; ++size) {
    INFO(size);
    CHECK(!defects(kTopology.substr(0, size)).empty());
  }
}

TEST_CASE("hostile topologies") {
  SECTION("deeply nested") {
    std::string text = "<system version='1'>";
    for (int depth = 0; depth < 9'000; ++depth) text += "<pci busid='a' class='b'>";
    CHECK(defects(text) == Texts{"pci isn't closed"});
    for (int depth = 0; depth < 9'000; ++depth) text += "</pci>";
    CHECK(defects(text + "</system>").empty());
  }
  SECTION("too many elements") {
    std::string text;
    for (int count = 0; count < 100'000; ++count) text += "<a/>";
    CHECK(defect(text) == "too many elements");
    CHECK(parse_nccl_xml(text).elements.size() == 10'000);
  }
  SECTION("long names") {
    const std::string name(1'000'000, 'x');
    CHECK(defect("<" + name + "/>") == "a name is too long");
    CHECK(defect("</" + name + ">") == "a name is too long");
    CHECK(defect("<" + name.substr(0, 254) + "/>").empty());
  }
  SECTION("bytes that are no text") {
    CHECK(defect(std::string(100'000, '\xff')) == "text outside of tags");
    CHECK(defect(std::string(100'000, '<')) == "an element without a name");
    CHECK(defect(std::string("\0\0", 2)) == "text outside of tags");
    const auto file = parse_nccl_xml("<pci busid='\xff\xfe' class='0x030200'/>");
    CHECK(topology_gpus(file) == Texts{"\xff\xfe"});
  }
  SECTION("an element that is its own, and a GPU on nothing") {
    CHECK(topology_gpus(parse_nccl_xml("<gpu dev='0'/>")).empty());
    CHECK(topology_gpus(parse_nccl_xml("<system version='1'><gpu dev='0'/></system>")).empty());
  }
  SECTION("an attribute that is there twice") {
    CHECK(parse_nccl_xml("<a b='1' b='2'/>").elements.at(0).attribute("b") == "1");
  }
}

TEST_CASE("a graph names its GPUs in decimal or hexadecimal numbers") {
  using Numbers = std::vector<std::int64_t>;
  const auto gpus = [](const std::string& text) { return graph_gpus(parse_nccl_xml(text)); };
  CHECK(gpus("<graphs version='1'><graph id='0'><channel><net dev='7'/><gpu dev='10'/><gpu dev='0'/>"
             "<gpu dev='0xb'/><gpu dev='10'/></channel></graph></graphs>") == Numbers{0, 10, 11});
  CHECK(gpus("<gpu/><gpu dev=''/><gpu dev='-1'/><gpu dev='0x'/><gpu dev='x'/><gpu dev='1000'/>"
             "<gpu dev='0x100000000'/><gpu dev='99999999999999999999'/>")
            .empty());
  CHECK(gpus("").empty());
}
