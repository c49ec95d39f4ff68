// The topology and the graph that NCCL reads from files instead of looking at the machine.
#include "probe/home_directory.hpp"
#include "probe/nccl_settings.hpp"
#include "probe/nccl_xml.hpp"
#include "probe/probe.hpp"
#include "probe/process_status.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

using facts::Gap;

// Where virtual machines find the topology of their hypervisor (src/graph/topo.cc of NCCL).
constexpr std::string_view kVirtualTopology = "/var/run/nvidia-topologyd/virtualTopology.xml";

// A variable of the process, else of NCCL's files; empty where neither sets it.
class TopologySettings {
 public:
  static Result<TopologySettings> read(const Context& context) {
    TopologySettings settings;
    auto files = read_nccl_settings(context);
    if (!files) return files.error();
    settings.of_files_ = std::move(files->values);
    if (context.state == SystemState::at_rest) return settings;
    auto variables = process_variables(context.files);
    if (!variables && variables.error().kind != ErrorKind::not_found) return variables.error();
    if (variables) settings.of_process_ = std::move(*variables);
    return settings;
  }

  std::string value(std::string_view name) const {
    for (const auto* const variables : {&of_process_, &of_files_}) {
      const auto found = variables->find(name);
      if (found != variables->end()) return found->second;
    }
    return "";
  }

 private:
  Variables of_process_;
  Variables of_files_;
};

// The file with its path set; nothing where it can't be read, after the facts have said so.
std::optional<XmlFile> read_file(const target::FileTree& files, const std::string& path,
                                 std::string_view prefix, facts::SubjectWriter& host) {
  host.set(std::string(prefix) + "path", path, path);
  const auto text =
      path.starts_with('/') ? files.read(path) : Error{ErrorKind::unsupported, "a relative path"};
  if (text) return parse_nccl_xml(*text);
  set_rest_error(host, prefix, text.error(), path);
  return std::nullopt;
}

void set_topology(const target::FileTree& files, std::string path, facts::SubjectWriter& host) {
  constexpr std::string_view kPrefix = "nccl.topology.";
  if (path.empty() && files.exists(kVirtualTopology)) path = kVirtualTopology;
  if (path.empty()) {
    host.rest_absent(kPrefix, kVirtualTopology);
  } else if (const auto file = read_file(files, path, kPrefix, host)) {
    host.set("nccl.topology.gpus", facts::string_list(topology_gpus(*file)), path);
    host.set("nccl.topology.defects", facts::string_list(topology_defects(*file)), path);
  }
}

void set_graph(const target::FileTree& files, const std::string& path, facts::SubjectWriter& host) {
  constexpr std::string_view kPrefix = "nccl.graph.";
  if (path.empty()) {
    host.rest_absent(kPrefix, "NCCL_GRAPH_FILE");
  } else if (const auto file = read_file(files, path, kPrefix, host)) {
    facts::List numbers;
    for (const auto number : graph_gpus(*file)) numbers.emplace_back(number);
    host.set("nccl.graph.gpus", std::move(numbers), path);
  }
}

void run_nccl_topology(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto settings = TopologySettings::read(context);
  if (!settings) {
    set_rest_error(host, "nccl.topology.", settings.error(), kSystemNcclSettings);
    set_rest_error(host, "nccl.graph.", settings.error(), kSystemNcclSettings);
    return;
  }
  set_topology(context.files, settings->value("NCCL_TOPO_FILE"), host);
  set_graph(context.files, settings->value("NCCL_GRAPH_FILE"), host);
}

}  // namespace

Probe nccl_topology_probe() {
  // And whatever files the variables and settings name.
  static constexpr std::string_view kReads[] = {kVirtualTopology, "**/*.xml",     kSystemNcclSettings,
                                                "**/.nccl.conf",  kVariablesPath, kStatusPath,
                                                kPasswordsPath};
  static constexpr Sets kSets[] = {{"host", "nccl.topology."}, {"host", "nccl.graph."}};
  return {"nccl-topology",  "Topology and graph files of NCCL", Needs::files, kReads, kSets,
          run_nccl_topology};
}

}  // namespace preflight::probe
