// The XML in which NCCL reads topologies and graphs: a small part of XML, read by a parser of NCCL's own
// (src/graph/xml.cc).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace preflight::probe {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string, std::less<>> attributes;
  std::optional<std::size_t> parent;  // index among the elements

  // The value; empty when it isn't there.
  std::string_view attribute(std::string_view key) const;
};

struct XmlFile {
  std::vector<XmlElement> elements;  // in the order in which they are opened
  std::string defect;                // at which NCCL stops reading; else empty
};

XmlFile parse_nccl_xml(std::string_view text);

// PCI addresses of the GPUs that a topology describes, each once.
std::vector<std::string> topology_gpus(const XmlFile& file);

// What NCCL stumbles over in a topology, each once. It fills in some of what is missing, yet only for the
// GPUs that it uses.
std::vector<std::string> topology_defects(const XmlFile& file);

// Numbers of the GPUs that a graph file names, in order.
std::vector<std::int64_t> graph_gpus(const XmlFile& file);

}  // namespace preflight::probe
