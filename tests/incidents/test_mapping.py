"""Tests of the mapping from cases to facts files, and of the scores.

usage: test_mapping.py PROGRAM [unittest's options]
"""

import copy
import json
import os
import random
import sys
import unittest

import score
from mapping import UnknownFact, facts_file
from mapping.document import Document, is_on, python_version, says, size, version

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = None


class Words(unittest.TestCase):
    def test_versions_are_found_in_texts(self):
        for text, expected in {
            "running, 530.30.02": "530.30.02",
            "podman 5.2.2": "5.2.2",
            "2.19+": "2.19",
            "cuda >= 9.0": "9.0",
            "13.0 (deb)": "13.0",
            "7.6.0.64-1+cuda10.1": "7.6.0.64",
            "nothing": None,
            "": None,
        }.items():
            self.assertEqual(version(text), expected, text)

    def test_bounds_become_the_nearest_version_within(self):
        self.assertEqual(version("< 1.29"), "1.28.99")
        self.assertEqual(version("<12.0"), "11.99")
        self.assertEqual(version("<= 2.3.1"), "2.3.1")
        self.assertEqual(version("> 3.2.0"), "3.2.0.1")
        self.assertEqual(version("pre-cuda12"), "11.99")
        self.assertEqual(version("older than 525.60"), "525.59.99")
        self.assertEqual(version("release of before, 12.1"), "12.1")
        self.assertEqual(version(">=82"), "82")

    def test_package_versions_keep_what_pep_440_knows(self):
        for text in ("2.2.0+cu118", "2.6.0.dev20241230+cu126", "1.14.0a0+410ce96", "2.8.0.post2", "9.1.0.70"):
            self.assertEqual(python_version(text), text)
        self.assertEqual(python_version("2.19+"), "2.19")
        self.assertEqual(python_version("==2.4.0"), "2.4.0")
        self.assertEqual(python_version("<2.0"), "1.99")
        self.assertIsNone(python_version("source tree"))
        self.assertIsNone(python_version(""))

    def test_switches(self):
        for text in (True, "Intel IOMMU on", "enabled", "running, reports a non critical error", "Enforcing"):
            self.assertTrue(is_on(text), text)
        for text in (False, None, "not loaded", "disabled", "stopped", "not running"):
            self.assertIs(is_on(text), False, text)
        self.assertIsNone(is_on("550.90.07"))

    def test_sizes(self):
        self.assertEqual(size("64M"), 64 << 20)
        self.assertEqual(size("8192 kB"), 8192 << 10)
        self.assertEqual(size("1 GiB"), 1 << 30)
        self.assertIsNone(size("plenty"))

    def test_words_are_whole(self):
        self.assertTrue(says("Docker (snap)", "docker"))
        self.assertFalse(says("dockerish", "docker"))


class Mapping(unittest.TestCase):
    def facts(self, facts):
        """(kind, id) -> path -> value, None for absent."""
        document = facts_file({"id": "test", "facts": facts}, PROGRAM.registry)
        return {
            (subject["kind"], subject["id"]): {path: fact.get("value") for path, fact in subject["facts"].items()}
            for subject in document["subjects"]
        }

    def host(self, facts):
        return self.facts(facts)[("host", "host")]

    def environment(self, facts):
        return self.facts(facts)[("environment", "/environment")]

    def test_nothing_stated_is_nothing_known(self):
        self.assertEqual(self.facts({}), {("host", "host"): {}})

    def test_null_is_absent(self):
        self.assertEqual(self.host({"driver": None}), {"driver.module_version": None})
        self.assertEqual(self.host({"container": None}), {"container.kind": None})
        self.assertEqual(self.host({"cuda_toolkit": None}), {"toolkits": 0, "compiler.nvcc.path": None})
        self.assertIsNone(self.environment({"torch": "2.1.0", "torch_cuda": None})["torch.cuda"])

    def test_one_named_gpu_and_a_count_are_so_many_of_it(self):
        facts = self.facts({"gpus": [{"name": "NVIDIA L4"}], "gpu_count": 3})
        self.assertEqual(facts[("host", "host")]["gpus"], 3)
        self.assertEqual([facts[("gpu", f"GPU {i}")]["name"] for i in range(3)], ["NVIDIA L4"] * 3)

    def test_gpus_of_a_cluster_are_divided_among_its_nodes(self):
        self.assertEqual(self.host({"gpu_count": 28, "nodes": 7})["gpus"], 4)
        self.assertNotIn("gpus", self.host({"gpu_count": 112}))

    def test_gpus_of_other_vendors_are_none_of_ours(self):
        self.assertEqual(self.host({"gpus": [{"name": "AMD Instinct MI210"}], "gpu_count": 2})["gpus"], 0)

    def test_names_that_mean_one_product(self):
        named = lambda name: self.facts({"gpus": [{"name": name}]})[("gpu", "GPU 0")]["name"]
        self.assertEqual(named("NVIDIA GeForce RTX 4090"), "NVIDIA GeForce RTX 4090")
        self.assertEqual(named("rtx4090"), "RTX 4090")
        self.assertEqual(named("GTX2080 Ti 22G"), "GeForce RTX 2080 Ti")
        self.assertEqual(named("GeForce GTX TITAN X (GM200)"), "GeForce GTX TITAN X")
        self.assertEqual(named("Tesla V100S"), "Tesla V100S PCIe 32GB")
        self.assertEqual(named("DGX Spark (GB10)"), "GB10 (DGX Spark)")
        self.assertEqual(named("GRID T4-4Q"), "GRID T4-4Q")
        self.assertEqual(named("a card"), "a card")

    def test_modules_that_are_loaded(self):
        host = self.host({"driver": "470.161.03", "host": {"nouveau": True}})
        self.assertEqual(host["driver.modules"], ["nouveau"])
        self.assertIsNone(host["driver.module_version"])
        self.assertEqual(host["driver.installed_module_version"], "470.161.03")
        modules = self.host({"host": {"kernel_modules": ["nvidia-peermem"]}})["driver.modules"]
        self.assertEqual(modules, ["nvidia_peermem", "nvidia"])

    def test_drivers_that_are_but_compiled(self):
        built = self.host({"kernel": "6.7.3", "driver": "535.154.05", "install_method": "nvidia-dkms"})
        self.assertEqual((built["driver.module_version"], built["driver.dkms_version"]), (None, "535.154.05"))
        runs = {"driver": "555.52.04", "install_method": "nvidia-open-dkms", "gpus": [{"name": "NVIDIA L4"}]}
        self.assertEqual(self.host(runs)["driver.module_version"], "555.52.04")

    def test_headers_of_another_kernel(self):
        kernel = {"kernel": "3.10.0-957.el7.x86_64", "packages": {"kernel-devel": "3.10.0-1127.18.2.el7"}}
        self.assertIsNone(self.host(kernel)["kernel.headers"])
        kernel["packages"]["kernel-devel"] = "3.10.0-957.el7"
        self.assertNotIn("kernel.headers", self.host(kernel))

    def test_architectures_in_words(self):
        flags = {"other": {"detectron2_arch_flags": "3.5, 7.5+PTX"}}
        extension = self.facts(flags)[("extension", "detectron2.so")]
        self.assertEqual(extension["gpu_code.sass"], ["sm_35", "sm_75"])
        self.assertEqual(extension["gpu_code.ptx"], ["compute_75"])
        library = {"libraries": [{"name": "kernels", "archs": ["9.0 and higher"]}]}
        sass = self.facts(library)[("extension", "kernels")]["gpu_code.sass"]
        self.assertEqual(sass, ["sm_90", "sm_100", "sm_103", "sm_120", "sm_121"])

    def test_upper_bounds_are_releases(self):
        bounds = {"torch": "2.4.0", "packages": {"torch": "2.4.0", "torchvision": "<0.19.0"}}
        self.assertEqual(self.environment(bounds)["packages"]["torchvision"], "0.18.1")

    def test_libraries_of_windows(self):
        brought = {"name": "cudnn_ops_infer64_9.dll", "path": ".venv\\Lib\\site-packages\\torch\\lib"}
        wants = {"name": "whisperx", "needed": ["cudnn_ops_infer64_8.dll"]}
        facts = self.facts({"torch_cuda": "12.1", "packages": {"torch": ""}, "libraries": [brought, wants]})
        self.assertEqual(facts[("extension", "whisperx")]["missing_libraries"], ["libcudnn_ops_infer.so.8"])

    def test_a_plugin_built_with_a_later_libfabric(self):
        facts = {"nccl_net_plugin": "aws-ofi-nccl, built against libfabric 1.22.0"}
        facts["libraries"] = [{"name": "libfabric.so.1", "version": "1.16.1", "path": "/opt/lib/libfabric.so.1"}]
        self.assertEqual(self.host(facts)["nccl.plugin.missing_versions"], ["FABRIC_ of 1.22"])
        facts["libraries"][0]["version"] = "1.22.1"
        self.assertNotIn("nccl.plugin.missing_versions", self.host(facts))

    def test_subnets_of_any_size(self):
        interfaces = ["ens1:10.20.0.11/16", "ens2:10.20.0.12/16"]
        routes = self.host({"network": {"interfaces": interfaces}})["network.routes"]
        self.assertEqual({route["subnet"] for route in routes}, {"10.20.0.0/16"})

    def test_packages_of_the_system_that_are_missing(self):
        missing = {"other": {"deb_packages": {"nvidia-container-toolkit": None, "docker-ce": "5:26.1.3"}}}
        self.assertIsNone(self.host(missing)["container_toolkit.version"])
        environment = self.environment({"other": {"deb_packages": {"python3.12-dev": None}}, "packages": {"torch": "2.5.1"}})
        self.assertIsNone(environment["python.include"])

    def test_slurm(self):
        asked = lambda text: self.host({"other": {"slurm": text}})["variables"]
        self.assertEqual(asked("--ntasks-per-node=8 --gpus-per-task=1"), {"SLURM_GPUS_PER_TASK": "1"})
        self.assertEqual(asked("--ntasks=8 --gpus-per-task"), {"SLURM_NTASKS": "8", "SLURM_GPUS_PER_TASK": "1"})
        said = {"other": {"slurm_note": "cgroup.conf has ConstrainDevices=no"}}
        self.assertEqual(self.host(said)["slurm.constrain_devices"], False)

        for text in ("no ConstrainDevices=yes", "cgroup.conf lacks ConstrainDevices"):
            self.assertEqual(self.host({"other": {"cgroup_note": text}})["slurm.constrain_devices"], False)
        seen = self.host({"env": {"A": "1"}, "other": {"scheduler_note": "srun --gres=gpu:2 lists all 16 GPUs"}})
        self.assertEqual((seen["variables"]["SLURM_GPUS_ON_NODE"], seen["nvml.gpus"]), ("2", 16))

    def test_settings_in_words(self):
        toolkit = self.host({"container": {"toolkit_config": "no-cgroups = true"}})
        self.assertEqual(toolkit["container_toolkit.no_cgroups"], True)
        harden = lambda text: self.host({"host": {"bpf_jit_harden": text}})["kernel.bpf_jit_harden"]
        self.assertEqual((harden("on for privileged and unprivileged users"), harden("1")), (2, 1))
        of_kernel = {"newest in the repositories: 4.15.0-43": None, "4.15.0-44": "/usr/src/linux-headers"}
        for text, expected in of_kernel.items():
            host = self.host({"kernel": "4.15.0-44-generic", "other": {"kernel_headers": text}})
            self.assertEqual(host["kernel.headers"], expected)
        stale = self.host({"other": {"cdi_spec": "generated before the last driver update"}})
        self.assertTrue(stale["container_toolkit.cdi_missing_files"])
        self.assertNotIn("container_toolkit.cdi_missing_files", self.host({"other": {"cdi_spec": "generated today"}}))
        manager = self.host({"services": {"nvidia-fabricmanager": "stopped and started again, no GPU reset"}})
        self.assertGreater(manager["fabric_manager.started"], manager["persistenced.started"] + 600)

    def test_the_first_word_of_a_switch_decides(self):
        self.assertIs(is_on("enabled, no option on the command line"), True)
        self.assertIs(is_on("off in the firmware, enabled by the kernel"), False)
        self.assertIs(is_on("no longer running"), False)
        self.assertIsNone(is_on("unknown"))
        acs = lambda text: self.host({"host": {"acs": text}})["pci.acs_redirect"]
        self.assertTrue(acs("off in the BIOS; lspci still shows it at a bridge"))
        self.assertFalse(acs("off in the BIOS"))

    def test_what_a_program_is_started_with(self):
        started = lambda **other: self.host({"other": other})["variables"]
        self.assertEqual(started(preloaded="libvgpu.so (HAMi-core)"), {"LD_PRELOAD": "libvgpu.so"})
        self.assertEqual(
            started(compose_device_capabilities="[gpu, utility]"), {"NVIDIA_DRIVER_CAPABILITIES": "utility"}
        )

    def test_libraries_that_an_image_brings(self):
        path = "/usr/lib/libcuda.so -> libcuda.so.390.77 (in the image)"
        facts = self.facts({"libraries": [{"name": "libcuda.so", "path": path}]})
        host = facts[("host", "host")]
        self.assertEqual(host["driver.placeholder_files"], ["/usr/lib/libcuda.so"])
        self.assertEqual((host["driver.libcuda_path"], host["driver.library_version"]), ("/usr/lib/libcuda.so", "390.77"))
        seen = {"runtime": "docker", "nvidia_smi_in_container": "CUDA Version: N/A"}
        self.assertIsNone(self.host({"container": seen})["driver.libcuda_path"])

    def test_what_pip_is_told_to_install(self):
        def environment(how, **packages):
            return self.facts({"install_method": how, "packages": packages})[("environment", "/environment")]

        told = environment("pip install torch==2.7.0 torchvision --index-url https://example.org/whl/cu118")
        self.assertEqual((told["torch.version"], told["torch.cuda"]), ("2.7.0+cu118", "11.8"))
        self.assertNotIn("torch.version", environment("conda install pytorch==2.7.0"))
        page = "pip install mmcv-full -f .../mmcv/dist/cu102/torch1.9.0"
        extension = self.facts({"install_method": page, "packages": {"mmcv-full": ""}})[("extension", "mmcv-full/_ext.so")]
        self.assertEqual(extension["cuda_libraries"], ["libcudart.so.10.2"])

    def test_builds_whose_cuda_is_told_in_words(self):
        told = self.environment({"packages": {"torch": "CUDA 11.8 build", "torchvision": "CUDA 12.1 build"}})
        self.assertEqual((told["torch.cuda"], told["built_for_cuda"]), ("11.8", {"torchvision": "12.1"}))
        told = self.environment({"packages": {"torch": "cu130", "nvidia-cutlass-dsl": "4.5.x (CUDA 13 build)"}})
        self.assertEqual((told["torch.cuda"], told["built_for_cuda"]), ("13.0", {"nvidia-cutlass-dsl": "13"}))
        metadata = {"build_metadata": {"nunchaku": {"cuda": "12.8"}, "xformers": {"cuda": "1201"}}}
        self.assertEqual(self.environment({"torch": "2.9.0", "other": metadata})["built_for_cuda"], {"nunchaku": "12.8", "xformers": "12.1"})
        source = {"torch": "0.4.0a0+abc", "cuda_toolkit": "9.1"}
        self.assertEqual(self.environment(source)["torch.cuda"], "9.1")
        self.assertNotIn("torch.cuda", self.environment({"torch": "0.4.0", "cuda_toolkit": "9.1"}))

    def test_what_packages_bring(self):
        self.assertEqual(self.environment({"packages": {"vllm": "0.8.5"}})["packages"]["triton"], "")
        self.assertEqual(self.environment({"other": {"workload": "training with torch.compile"}})["packages"]["triton"], "")
        self.assertNotIn("triton", self.environment({"packages": {"torch": "2.6.0", "vllm": None}})["packages"])

    def test_folders_of_a_systems_python(self):
        system = {"os": "Amazon Linux 2", "python": "3.7", "python_install": "system", "torch": "1.13.0"}
        folders = ["/usr/local/lib64/python3.7/site-packages", "/usr/local/lib/python3.7/site-packages"]
        self.assertEqual(self.environment(system)["site_packages"], folders)
        self.assertNotIn("site_packages", self.environment({**system, "python_install": "venv"}))
        self.assertNotIn("site_packages", self.environment({**system, "os": "Ubuntu 22.04"}))

    def test_places_of_cudnns_parts(self):
        own, system = "/v/lib/python3.10/site-packages/nvidia/cudnn/lib/", "/lib/x86_64-linux-gnu/"
        libraries = [{"name": "libcudnn.so.9", "path": own + "libcudnn.so.9"}]
        libraries += [{"name": "libcudnn_ops.so.9", "path": system + "libcudnn_ops.so.9"}]
        facts = self.facts({"torch": "2.6.0", "libraries": libraries})
        self.assertTrue(facts[("loaded_library", "libcudnn.so.9")]["own"])
        self.assertFalse(facts[("loaded_library", "libcudnn_ops.so.9")]["own"])

    def test_an_index_and_bounds(self):
        page = {"install_method": "pip install torch --index-url https://host/whl/cu124"}
        self.assertEqual(self.host(page)["variables"]["PIP_INDEX_URL"], "https://host/whl/cu124")
        self.assertNotIn("variables", self.host({**page, "torch": "2.6.0+cu124"}))
        bounds = {"packages": {"flash-attn": "2.8.0"}, "other": {"version_bounds": {"flash-attn": ">=2.7.1,<=2.7.4"}}}
        self.assertEqual(self.host(bounds)["project.requirements"], {"flash-attn": ">=2.7.1,<=2.7.4"})

    def test_images_and_what_shares_gpus(self):
        image = lambda text: self.host({"container": {"runtime": "docker", "image": text}})["variables"]
        self.assertEqual(image("STT image on NVIDIA TensorFlow 21.05-tf1")["NVIDIA_TENSORFLOW_VERSION"], "21.05")
        self.assertEqual(image("nvcr.io/nvidia/pytorch:24.05-py3")["NVIDIA_PYTORCH_VERSION"], "24.05")
        self.assertEqual(image("nvidia/cuda (8.0)")["CUDA_VERSION"], "8.0")
        hami = self.host({"container": {"runtime": "Kubernetes with HAMi v2.7.1"}})
        self.assertEqual(hami["variables"], {"LD_PRELOAD": "/usr/local/vgpu/libvgpu.so"})

    def test_a_release_of_the_system_is_no_version_of_wsl(self):
        wsl = {"os": "Ubuntu 24.04.1 LTS", "kernel": "6.6.87.2-microsoft-standard-WSL2", "wsl": True}
        self.assertEqual(self.host(wsl)["wsl.version"], 2)
        self.assertEqual(self.host({"os": "Windows 10", "wsl": "WSL 1"})["wsl.version"], 1)

    def test_what_files_in_packages_imply(self):
        wheel = "/home/a/.local/lib/python3.8/site-packages/nvidia/cudnn/lib/libcudnn_ops_infer.so.8"
        told = {"cuda_toolkit": "11.7", "libraries": [{"name": "libcudnn_ops_infer.so.8", "path": wheel}]}
        self.assertIn("nvidia-cudnn-cu11", self.environment(told)["packages"])
        beside = [{"name": "libcudnn_ops_infer.so.8", "path": "/v/site-packages/torch/lib/libcudnn_ops_infer.so.8"}]
        self.assertEqual(self.environment({"torch": "2.0.1", "libraries": beside})["torch.cudnn"], "8")
        system = [{"name": "libcudnn_cnn_train.so.8", "path": "/usr/local/cuda/lib64/libcudnn_cnn_train.so.8"}]
        facts = self.facts({"torch": "2.1.1", "libraries": system})
        self.assertTrue(facts[("loaded_library", "libcudnn.so.8")]["own"])
        self.assertFalse(facts[("loaded_library", "libcudnn_cnn_train.so.8")]["own"])

    def test_a_nodes_runtime_in_words(self):
        node = {"container": {"runtime": "containerd, runtime set to runc"}, "other": {"workload": "k8s device plugin"}}
        host = self.host(node)
        self.assertEqual((host["kubelet.runtime"], host["containerd.default_runtime"]), ("containerd", "runc"))
        self.assertNotIn("kubelet.runtime", self.host({"container": {"runtime": "containerd, runtime set to runc"}}))

    def test_an_interface_that_is_not_there(self):
        facts = self.facts({"env": {"NCCL_SOCKET_IFNAME": "eth2"}, "other": {"interface_eth2": "does not exist"}})
        self.assertEqual([name for kind, name in facts if kind == "interface"], ["lo"])
        facts = self.facts({"env": {"NCCL_SOCKET_IFNAME": "eth2"}, "other": {"note": "no such file"}})
        self.assertEqual([name for kind, name in facts if kind == "interface"], [])

    def test_containers_and_ranks_in_words(self):
        docker = lambda note: self.host({"container": {"runtime": "docker"}, "other": {"container_note": note}})
        alone = docker("4 containers, 1 GPU in each")
        self.assertEqual((alone["devices.gpu_nodes"], alone["variables"]["WORLD_SIZE"]), (1, "4"))
        self.assertEqual(docker("docker inside an LXC container")["namespaces.own"], ["user"])
        sliced = {"gpus": [{"name": "A100", "mig": True}], "other": {"workload": "DDP"}}
        self.assertEqual(self.host(sliced)["variables"], {"WORLD_SIZE": "2"})
        self.assertNotIn("variables", self.host({"gpus": [{"name": "A100"}], "other": {"workload": "DDP"}}))
        self.assertEqual(self.host({"other": {"launcher": "fleetrun over several machines"}})["job.nodes"], 2)

    def test_a_second_torch_in_words(self):
        told = "an old torch 1.0.1 in ~/.local/lib/python3.7/site-packages"
        facts = self.facts({"torch": "1.1.0", "other": {"stale_install": told}})
        copies = facts[("environment", "/environment")]["duplicates"]
        self.assertEqual([(copy["version"], copy["other_version"]) for copy in copies], [("1.0.1", "1.1.0")])

    def test_addresses_with_their_subnets(self):
        interfaces = ["eth0 10.0.0.5/24", "eth1 10.0.0.6/24", "ib0"]
        routes = self.host({"network": {"interfaces": interfaces}})["network.routes"]
        self.assertEqual([(route["interface"], route["subnet"]) for route in routes],
                         [("eth0", "10.0.0.0/24"), ("eth1", "10.0.0.0/24")])

    def test_a_capability_instead_of_a_name(self):
        gpu = self.facts({"gpus": [{"name": "compute capability 7.5 GPU"}]})[("gpu", "GPU 0")]
        self.assertEqual(gpu, {"nvml.compute_capability": "7.5"})

    def test_two_driver_versions_are_of_module_and_library(self):
        host = self.host({"driver": "515.48.07", "driver_kernel": "510.73.05"})
        self.assertEqual(host["driver.module_version"], "510.73.05")
        self.assertEqual(host["driver.library_version"], "515.48.07")

    def test_a_branch_stands_for_its_last_release(self):
        self.assertEqual(self.host({"driver": "525"})["driver.module_version"], "525.999")

    def test_a_driver_that_is_not_loaded_is_installed(self):
        host = self.host({"driver": "530.30.02", "host": {"nvidia_module": "not loaded"}})
        self.assertIsNone(host["driver.module_version"])
        self.assertEqual(host["driver.installed_module_version"], "530.30.02")

    def test_windows_driver_under_wsl(self):
        host = self.host({"driver": "527.56", "wsl": True})
        self.assertEqual(host["wsl.version"], 2)
        self.assertNotIn("driver.module_version", host)

    def test_systems(self):
        for text, identifier, number in (
            ("Ubuntu 22.04.5 LTS", "ubuntu", "22.04"),
            ("WSL2, Ubuntu 18.04", "ubuntu", "18.04"),
            ("ubuntu18.04 (container)", "ubuntu", "18.04"),
            ("Ubuntu 24", "ubuntu", "24.04"),
            ("Ubuntu focal", "ubuntu", "20.04"),
            ("Debian Trixie", "debian", "13"),
            ("Debian 12 (bookworm)", "debian", "12"),
            ("CentOS Linux 7 (Core)", "centos", "7"),
            ("Red Hat Enterprise Linux release 8.10 (Ootpa)", "rhel", "8.10"),
            ("Amazon Linux 2023", "amzn", "2023"),
            ("Arch Linux", "arch", None),
        ):
            host = self.host({"os": text})
            self.assertEqual((host["os.id"], host.get("os.version")), (identifier, number), text)
        self.assertNotIn("os.id", self.host({"os": "Windows 10"}))

    def test_short_forms(self):
        self.assertEqual(self.host({"container": "podman"})["container.kind"], "podman")
        self.assertEqual(self.host({"gpus": "NVIDIA L4", "gpu_count": "2"})["gpus"], 2)
        self.assertEqual(self.host({"wsl": "WSL2"})["wsl.version"], 2)
        self.assertIsNone(self.host({"wsl": False})["wsl.version"])
        self.assertNotIn("interfaces", self.host({"network": {"interfaces": [{"no": "name"}]}}))

    def test_architecture_of_the_processor_that_is_named(self):
        self.assertEqual(self.host({"host": {"iommu": "Intel IOMMU on"}})["cpu.architecture"], "x86_64")
        self.assertEqual(self.host({"host": {"cpu": "AMD EPYC 7763"}})["cpu.architecture"], "x86_64")
        self.assertNotIn("cpu.architecture", self.host({"kernel": "6.8.0-60-generic"}))

    def test_systems_of_images(self):
        image = "nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04"
        host = self.host({"container": {"image": image}, "os": "Fedora 36 (host)"})
        self.assertEqual((host["os.id"], host["os.version"]), ("ubuntu", "22.04"))
        self.assertEqual(self.host({"container": {"image": "python:3.9-alpine"}})["libc.kind"], "musl")
        self.assertEqual(self.host({"container": {"image": "x"}, "os": "Debian 12"})["os.id"], "debian")

    def test_gids(self):
        network = {"ib_devices": ["mlx5_0"], "gid_table": "mlx5_0 port 1 index 3 v2 10.0.0.1", "link_layer": "RoCE"}
        gid = self.facts({"network": network})[("rdma", "mlx5_0")]["gids"][0]
        self.assertEqual((gid["index"], gid["type"]), (3, "RoCE v2"))
        self.assertEqual(gid["gid"], "0000:0000:0000:0000:0000:ffff:0a00:0001")

    def test_torch_tells_its_cuda(self):
        self.assertEqual(self.environment({"torch": "2.2.0+cu118"})["torch.cuda"], "11.8")
        self.assertEqual(self.environment({"torch": "2.9.0+cu130"})["torch.cuda"], "13.0")
        self.assertNotIn("torch.cuda", self.environment({"torch": "2.2.0"}))
        rocm = self.environment({"torch": "2.1.0+rocm5.6", "torch_cuda": None})
        self.assertEqual((rocm["torch.variant"], rocm["torch.cuda"], rocm["torch.hip"]), ("rocm", None, "5.6"))

    def test_packages(self):
        environment = self.environment(
            {"packages": {"Flash_Attn": "", "cudatoolkit": "11.3.1", "tensorflow": None, "numpy": "1.26.4"}}
        )
        self.assertEqual(environment["packages"], {"flash-attn": "", "numpy": "1.26.4"})
        self.assertEqual(environment["conda_packages"], {"cudatoolkit": "11.3.1"})
        self.assertEqual(environment["kind"], "conda")

    def test_architectures_given_as_a_range(self):
        stated = {"torch_archs": ["sm_50", "sm_90"], "other": {"torch_archs_note": "a range; end points only"}}
        self.assertIn("sm_80", self.environment(stated)["gpu_code.sass"])
        self.assertEqual(self.environment({"torch_archs": ["sm_50", "sm_90"]})["gpu_code.sass"], ["sm_50", "sm_90"])

    def test_containers(self):
        self.assertEqual(self.host({"container": {"runtime": "Kubernetes with HAMi"}})["container.kind"], "kubernetes")
        self.assertEqual(self.host({"container": {"image": "python:3.10-slim"}})["container.kind"], "other")
        snap = self.host({"container": {"runtime": "docker (snap)"}})
        self.assertTrue(snap["docker.snap"])
        self.assertNotIn("container.kind", snap)
        podman = self.host({"container": {"runtime": "podman 5.2.2", "toolkit": "1.14.0"}})
        self.assertEqual((podman["podman.version"], podman["container_toolkit.version"]), ("5.2.2", "1.14.0"))

    def test_what_is_built_is_what_a_project_requires(self):
        for method, packages, expected in (
            ("source build of apex", {"flash-attn": ""}, {"apex": ""}),
            ("source build", {"flash-attn": "2.0.4"}, {"flash-attn": "==2.0.4"}),
            ("mmcv source build", {}, {"mmcv": ""}),
        ):
            host = self.host({"install_method": method, "packages": packages})
            self.assertEqual(host["project.requirements"], expected)
            self.assertTrue(host["project.compiles_cuda"])
        self.assertNotIn("project.requirements", self.host({"install_method": "torch source build"}))
        self.assertNotIn("project.requirements", self.host({"install_method": "pip", "packages": {"flash-attn": ""}}))

    def test_files_of_the_driver_in_an_image(self):
        paths = self.host({"other": {"driver_files_in_image": ["/usr/lib/libcuda.so.1"]}})
        self.assertEqual(paths["driver.placeholder_files"], ["/usr/lib/libcuda.so.1"])
        self.assertEqual(self.host({"other": {"driver_files_in_image": "565.57"}})["driver.package_version"], "565.57")

    def test_a_command_that_starts_a_container(self):
        other = {"docker_command": "docker run --shm-size=8g -e NCCL_DEBUG=INFO --env A=1 image"}
        host = self.host({"other": other, "env": {"A": "2"}})
        self.assertEqual((host["variables"], host["shm.size"]), ({"NCCL_DEBUG": "INFO", "A": "2"}, 8 << 30))
        nodes = self.host({"other": {"docker_run": "docker run --device /dev/nvidia0 --device /dev/nvidiactl"}})
        self.assertIsNone(nodes["devices.nvidia_uvm"])

    def test_containers_in_containers(self):
        other = {"nesting": "docker runs inside an unprivileged LXD system container"}
        self.assertEqual(self.host({"container": {"runtime": "docker"}, "other": other})["namespaces.own"], ["user"])

    def test_a_default_runtime_that_is_not_set(self):
        other = {"containerd_config": {"default_runtime_name": "not set (runc)", "runtimes": ["runc", "nvidia"]}}
        host = self.host({"container": {"runtime": "containerd"}, "other": other})
        self.assertEqual((host["containerd.default_runtime"], host["containerd.nvidia_runtime"]), ("runc", True))

    def test_which_libcuda_is_loaded(self):
        other = {"libcuda_loaded": "/apps/470/lib64/libcuda.so.1 -> libcuda.so.470.82.01"}
        host = self.host({"driver": "525.105.17", "other": {**other, "libcuda_on_node": "/usr/lib64/libcuda.so.525.105.17"}})
        self.assertEqual((host["driver.library_version"], host["libraries"]), ("470.82.01", 2))

    def test_cuda_libraries_that_only_wheels_hold(self):
        wheels = {"llama-cpp-python": "0.3.4", "nvidia-cuda-runtime-cu12": "12.4.127"}
        library = {"name": "llama_cpp/lib/libllama.so", "needed": ["libcudart.so.12", "libcuda.so.1"]}
        facts = {"cuda_toolkit": None, "packages": wheels, "libraries": [library], "env": {"LD_LIBRARY_PATH": None}}
        library = ("extension", "llama_cpp/lib/libllama.so")
        self.assertEqual(self.facts(facts)[library]["missing_libraries"], ["libcudart.so.12"])
        self.assertNotIn("missing_libraries", self.facts({**facts, "cuda_toolkit": "12.4"})[library])

    def test_what_a_reporter_tried(self):
        told = {"symptom": "hangs in the first all_reduce; with NCCL_P2P_DISABLE=1 training runs"}
        self.assertEqual(self.facts({"other": told})["smoke_test", "smoke test"]["cured_by"], "NCCL_P2P_DISABLE=1")

    def test_the_torch_of_each_node(self):
        differs = self.facts({"other": {"torch_per_node": ["2.1.2+cu121", "2.0.1+cu117"]}})
        self.assertEqual(len(differs["smoke_test", "smoke test"]["differences"]), 1)

    def test_mig_in_a_name(self):
        gpus = {"gpus": [{"name": "NVIDIA H200 MIG 1g.18gb"}], "gpu_count": 4}
        facts = self.facts({**gpus, "other": {"launcher": "mpirun -np 4"}})
        self.assertTrue(any(value.get("nvml.mig.enabled") for (kind, _), value in facts.items() if kind == "gpu"))
        self.assertEqual(facts["host", "host"]["variables"]["WORLD_SIZE"], "2")

    def test_a_compat_library(self):
        host = self.host({"driver": "580.65.06", "cuda_compat": "cuda-compat-12-4"})
        self.assertEqual((host["driver.libcuda_kind"], host["libraries"]), ("compat", 1))

    def test_variables(self):
        facts = {"env": {"A": "1", "B": None}, "container": {"image_env": {"NVIDIA_REQUIRE_CUDA": "cuda >= 9.0"}}}
        self.assertEqual(self.host(facts)["variables"], {"NVIDIA_REQUIRE_CUDA": "cuda>=9.0", "A": "1"})
        self.assertNotIn("variables", self.host({"container": {"runtime": "docker"}}))

    def test_undefined_symbols(self):
        name = "flash_attn_2_cuda.cpython-310-x86_64-linux-gnu.so"
        symbol = "_ZN3c105ErrorC2ENS_14SourceLocationENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"
        file = self.facts({"libraries": [{"name": name, "undefined": [symbol]}]})[("extension", name)]
        self.assertEqual(file["package"], "flash-attn")
        self.assertEqual(file["undefined.origin"], "torch")
        self.assertEqual(file["undefined.string_abi"], "cxx11")
        self.assertEqual(file["machine"], "x86_64")

    def test_gpus_that_are_said_to_reach_none_of_the_others(self):
        gpus = {"gpus": [{"name": "NVIDIA L4"}], "gpu_count": 2}
        for topology in ("no P2P between the GPUs", "PCIe, no peer access", "without P2P"):
            pairs = self.host({**gpus, "topology": topology})["cuda_driver.peer_access"]
            self.assertEqual([pair["access"] for pair in pairs], [False, False], topology)
        for topology in ("no NVLink, P2P over PCIe", "no P2P between sockets", "no P2P problems", "PCIe"):
            self.assertNotIn("cuda_driver.peer_access", self.host({**gpus, "topology": topology}), topology)
        self.assertNotIn("cuda_driver.peer_access", self.host({"topology": "no P2P"}))

    def test_peer_memory(self):
        def host(text, **further):
            return self.host({"network": {"peer_memory": text}, **further})

        unregistered = host("nvidia-peermem loaded, not registered with OFED")
        self.assertEqual(unregistered["driver.modules"], ["nvidia", "nvidia_peermem"])
        self.assertEqual(unregistered["peer_memory.clients"], [])
        loaded = host("nv_peer_mem loaded")
        self.assertEqual(loaded["driver.modules"], ["nvidia", "nv_peer_mem"])
        self.assertNotIn("peer_memory.clients", loaded)
        self.assertEqual(self.host({"other": {"peer_memory": "nvidia_peermem loaded"}}), host("nvidia_peermem loaded"))
        missing = self.host({"other": {"memory_peers": "/sys/kernel/mm/memory_peers/nv_mem is missing"}})
        self.assertEqual(missing["peer_memory.clients"], [])
        self.assertEqual(host("nvidia_peermem not loaded"), {})
        self.assertEqual(host("nvidia_peermem"), {})
        unloaded = host("nvidia_peermem loaded", host={"nvidia_module": "not loaded"})
        self.assertEqual(unloaded["driver.modules"], [])

    def test_interfaces_of_one_subnet(self):
        def routes(names, note):
            host = self.host({"network": {"interfaces": names, "interfaces_note": note}})
            return [(route["interface"], route["subnet"]) for route in host.get("network.routes", [])]

        self.assertEqual(
            routes(["lo", "eth0:10.2.3.4", "eth1"], "both in the same subnet"),
            [("eth0", "10.2.3.0/24"), ("eth1", "10.2.3.0/24")],
        )
        self.assertEqual(len(routes(["eth0", "eth1"], "they share a subnet")), 2)
        self.assertEqual(routes(["eth0", "eth1"], "not in the same subnet"), [])
        self.assertEqual(routes(["eth0", "eth1"], "each in its subnet"), [])
        self.assertEqual(routes(["eth0", "eth1", "eth2"], "two of them in the same subnet"), [])
        self.assertEqual(routes(["eth0"], "in the same subnet"), [])

    def test_a_name_that_leads_to_loopback(self):
        addresses = "network.host_name_addresses"
        self.assertEqual(self.host({"host": {"hostname_resolves_to": "127.0.1.1"}})[addresses], ["127.0.1.1"])
        self.assertEqual(self.host({"network": {"host_name_address": "127.0.0.1 (lo)"}})[addresses], ["127.0.0.1"])
        self.assertNotIn(addresses, self.host({"host": {"etc_hosts": "127.0.0.1 localhost"}}))
        self.assertNotIn(addresses, self.host({"host": {"hostname_resolves_to": "10.0.0.127"}}))

    def test_wheels_that_an_installer_is_given(self):
        how = "pip install https://example.org/flash_attn-2.7.4%2Bcu12torch2.5-cp310-cp310-linux_x86_64.whl"
        wheel = self.facts({"install_method": how})["host", "host"]["project.wheels"][0]
        self.assertEqual((wheel["package"], wheel["version"]), ("flash-attn", "2.7.4+cu12torch2.5"))
        self.assertEqual((wheel["python"], wheel["abi"], wheel["platform"]), ("cp310", "cp310", "linux_x86_64"))
        for facts in ({"install_method": how, "os": "Windows 11"}, {"install_method": how.replace("linux_x86_64", "win_amd64")}):
            self.assertNotIn("project.wheels", self.facts(facts).get(("host", "host"), {}))

    def test_library_paths_in_prose(self):
        for stated, path in {
            "points to the CUDA 12.3 toolkit": "/usr/local/cuda/lib64",
            "the system's CUDA libraries (set in ~/.bashrc)": "/usr/local/cuda/lib64",
            "contains lib.real": "/usr/local/cuda/compat/lib.real",
            "/opt/cuda-11.8/lib64": "/opt/cuda-11.8/lib64",
        }.items():
            told = self.facts({"env": {"LD_LIBRARY_PATH": stated}})["host", "host"]["variables"]
            self.assertEqual(told, {"LD_LIBRARY_PATH": path})
        note = self.facts({"other": {"LD_LIBRARY_PATH_note": "lists the system's CUDA"}})["host", "host"]["variables"]
        self.assertEqual(note, {"LD_LIBRARY_PATH": "/usr/local/cuda/lib64"})

    def test_a_node_whose_driver_a_container_builds(self):
        for facts in (
            {"driver": "460.32.03", "container": {"runtime": "CRI-O 1.19", "image": "nvcr.io/nvidia/driver:460.32.03-centos7"}},
            {"driver": "460.32.03", "container": {"runtime": "cri-o"}, "other": {"workload": "GPU operator, driver daemonset"}},
        ):
            host = self.facts(facts)["host", "host"]
            self.assertEqual((host["kubelet.runtime"], host["driver.module_version"]), ("crio", None))

    def test_what_images_and_extras_bring(self):
        image = {"image": "rapidsai/rapidsai:0.13-cuda10.1-base-ubuntu16.04-py3.7"}
        packages = self.facts({"container": image})["environment", "/environment"]["packages"]
        self.assertEqual(packages["cudf"], "0.13.0")
        packages = self.facts({"install_method": "pip install jax[cuda12_pip]"})["environment", "/environment"]["packages"]
        self.assertIn("nvidia-cuda-runtime-cu12", packages)

    def test_instances_of_a_gpu(self):
        for stated, devices in {"7": 7, "several": 2}.items():
            facts = self.facts({"gpus": [{"name": "A100-SXM4-40GB", "mig": True}], "other": {"mig_instances": stated}})
            self.assertEqual(facts["gpu", "GPU 0"]["nvml.mig.devices"], devices)

    def test_a_number_stands_for_a_gpu(self):
        for stated, product in {"1070m": "GeForce GTX 1070", "GTX2080 Ti 22G": "GeForce RTX 2080 Ti"}.items():
            self.assertEqual(self.facts({"gpus": [{"name": stated}]})["gpu", "GPU 0"]["name"], product)

    def test_addresses_with_a_hidden_number(self):
        network = {"interfaces": ["eno1: 192.168.3.*/20", "ens1: 192.168.5.x, netmask /20"]}
        routes = self.facts({"network": network})["host", "host"]["network.routes"]
        self.assertEqual({route["subnet"] for route in routes}, {"192.168.0.0/20"})

    def test_a_library_of_another_processor(self):
        library = {"name": "xformers/_C.so", "note": "file: ELF 64-bit LSB shared object, x86-64"}
        facts = self.facts({"libraries": [library]})
        self.assertIn("x86_64", [value.get("machine") for value in facts.values()])

    def test_numbers_of_architectures_bring_ptx(self):
        library = {"name": "llama.cpp release binary", "archs": ["750", "890"]}
        built = self.facts({"libraries": [library]})["extension", "llama.cpp release binary"]
        self.assertEqual(built["gpu_code.sass"], ["sm_75", "sm_89"])
        self.assertEqual(built["gpu_code.ptx"], ["compute_75", "compute_89"])

    def test_ranks_on_slices_of_a_gpu(self):
        facts = self.facts({"other": {"CUDA_VISIBLE_DEVICES_per_rank": ["MIG-1b5f", "MIG-e86d"]}})
        self.assertEqual(facts["host", "host"]["variables"], {"CUDA_VISIBLE_DEVICES": "MIG-1b5f", "WORLD_SIZE": "2"})

    def test_a_default_runtime_of_containers(self):
        container = {"runtime": "k3s (containerd)", "default_runtime": "runc", "runtimes": ["runc", "nvidia"]}
        host = self.facts({"container": container})["host", "host"]
        self.assertEqual((host["kubelet.runtime"], host["containerd.nvidia_runtime"]), ("containerd", True))

    def test_a_toolkit_by_its_folder(self):
        facts = self.facts({"env": {"CUDA_HOME": "/usr/local/cuda-12.4"}})
        self.assertEqual(facts["toolkit", "/usr/local/cuda"]["version"], "12.4")
        facts = self.facts({"env": {"CUDA_HOME": "/usr/local/cuda-12.4"}, "cuda_toolkit": "11.8"})
        self.assertEqual([at for at in facts if at[0] == "toolkit"], [("toolkit", "/usr/local/cuda")])

    def test_adapters_that_are_counted(self):
        facts = self.facts({"network": {"link_layer": "InfiniBand", "nic": "8x ConnectX-7 per node"}})
        self.assertEqual(facts["host", "host"]["rdma_devices"], 8)

    def test_a_fabric_manager_that_was_started_again(self):
        other = {"fabric_manager_history": "service restarted by hand 2 days ago"}
        facts = self.facts({"services": {"nvidia-fabricmanager": "550.127.05, active"}, "other": other})["host", "host"]
        self.assertGreater(facts["fabric_manager.started"], facts["persistenced.started"])

    def test_limits_as_ulimit_counts_them(self):
        in_jobs = {"64 (kbytes) under srun, unlimited in a shell": 64 << 10, "64 kB in srun, unlimited by ssh": 64 << 10}
        for stated, limit in {**in_jobs, "unlimited": None, "8192 KB": 8 << 20}.items():
            self.assertEqual(self.facts({"ulimits": {"memlock": stated}})["host", "host"]["limits.memlock"], limit)

    def test_errors_that_the_driver_wrote(self):
        for facts in ({"host": {"xid": [119]}}, {"other": {"xid": [119]}}, {"host": {"xid": "119, 120"}}):
            self.assertEqual(self.facts(facts)["host", "host"]["kernel_log.xids"][0]["xid"], 119)

    def test_a_library_of_the_driver_in_an_image(self):
        library = {"name": "libcuda.so.1", "path": "/usr/lib/libcuda.so.560.35.03", "version": "560.35.03"}
        host = self.facts({"libraries": [{**library, "origin": "image (apt: libnvidia-compute-560)"}]})["host", "host"]
        self.assertEqual((host["driver.package"], host["driver.package_version"]), ("libnvidia-compute-560", "560.35.03"))

    def test_a_firewall_in_words(self):
        for stated, there in {"security group inbound: TCP 22; no other rule": True, "disabled": False}.items():
            walls = self.facts({"network": {"firewall": stated}})["host", "host"]["network.firewalls"]
            self.assertEqual(bool(walls), there, stated)

    def test_a_name_that_is_no_fact_is_refused(self):
        with self.assertRaises(UnknownFact):
            Document(PROGRAM.registry, "test").set("driver.colour", "green")

    def test_odd_values_are_taken_for_not_stated(self):
        generator = random.Random(1)
        odd = [None, [], {}, "", 1, 1.5, True, "x", ["a"], [None], [{}], {"a": None}, "< 3"]
        cases = score.read_cases(os.path.join(HERE, "examples.jsonl"))
        for _ in range(500):
            case = copy.deepcopy(generator.choice(cases))
            areas = [case["facts"], *(area for area in case["facts"].values() if isinstance(area, dict))]
            for area in areas:
                for key in list(area):
                    if generator.random() < 0.3:
                        area[key] = copy.deepcopy(generator.choice(odd))
            facts_file(case, PROGRAM.registry)

    def test_what_commands_printed_is_read(self):
        other = lambda quoted: self.host({"driver": "535.171.04", "other": quoted})
        self.assertEqual(other({"df -h /dev/shm": "shm 64M 64M 0 100% /dev/shm"})["shm.size"], 64 << 20)
        self.assertEqual(other({"mokutil --sb-state": "SecureBoot enabled"})["secure_boot.enabled"], True)
        module = other({"/proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.161.07"})
        self.assertEqual((module["driver.module_version"], module["driver.library_version"]), ("535.161.07", "535.171.04"))
        self.assertEqual(other({"lsmod": ["nouveau 2560000 1", "ttm"]})["driver.modules"], ["nouveau"])
        self.assertEqual(other({"lspci -k": "Kernel driver in use: nouveau"})["driver.modules"], ["nouveau"])
        both = other({"lspci -k": "Kernel driver in use: nvidia; Kernel modules: nouveau, nvidia"})
        self.assertNotIn("nouveau", both.get("driver.modules") or [])
        self.assertEqual(other({"sysctl": {"net.core.bpf_jit_harden": 2}})["kernel.bpf_jit_harden"], 2)
        hosts = {"node1:/etc/hosts": "127.0.0.1 localhost; 127.0.1.1 node1"}
        self.assertEqual(other(hosts)["network.host_name_addresses"], ["127.0.1.1"])
        self.assertEqual(other({"srun ulimit -l": "65536"})["limits.memlock"], 64 << 20)
        self.assertEqual(other({"/etc/nccl.conf": ["NCCL_TOPO_FILE=/t.xml"]})["nccl.config"], {"NCCL_TOPO_FILE": "/t.xml"})
        self.assertEqual(other({"which nvcc": None})["toolkits"], 0)
        self.assertEqual(other({"which docker": "/snap/bin/docker"}).get("docker.snap"), True)
        self.assertTrue(self.host({"container": {"docker_path": "/snap/bin/docker"}})["docker.snap"])
        for told in (("readelf -lW libtorch_cpu.so", "GNU_STACK ... RWE 0x10"), ("readelf", "libtorch_cpu.so: GNU_STACK RWE")):
            facts = self.facts({"torch": "2.5.1", "other": dict([told])})
            self.assertTrue(facts[("loaded_library", "libtorch_cpu.so")]["executable_stack"])

    def test_what_is_stated_outright_is_not_read_out_of_a_command(self):
        stated = {"shm_size": "16G", "host": {"secure_boot": False}}
        stated["other"] = {"df -h /dev/shm": "shm 64M", "mokutil --sb-state": "SecureBoot enabled"}
        host = self.host(stated)
        self.assertEqual((host["shm.size"], host["secure_boot.enabled"]), (16 << 30, False))
        self.assertEqual(stated["host"], {"secure_boot": False})

    def test_what_a_package_was_built_for(self):
        built = lambda facts: self.environment({"torch": "2.10.0", **facts}).get("built_for_torch")
        self.assertEqual(built({"other": {"build_metadata": {"fvdb_core": {"torch": "2.11.0"}}}}), {"fvdb-core": "2.11.0"})
        self.assertEqual(built({"packages": {"torch-sparse": "installed under torch 1.1"}}), {"torch-sparse": "1.1"})
        self.assertEqual(built({"other": {"torchaudio_built_for_torch": "1.5"}}), {"torchaudio": "1.5"})
        self.assertIsNone(built({"packages": {"torchaudio": "2.10.0"}}))
        wheel = "pip install flash_attn-2.5.9.post1+cu122torch2.2cxx11abiFALSE-cp310-cp310-linux_x86_64.whl"
        packages = self.environment({"install_method": wheel, "packages": {"flash-attn": "2.5.9.post1"}})["packages"]
        self.assertEqual(packages["flash-attn"], "2.5.9.post1+cu122torch2.2cxx11abiFALSE")

    def test_interfaces_of_nodes(self):
        names = lambda entries: [
            key[1] for key in self.facts({"network": {"interfaces": entries}}) if key[0] == "interface"
        ]
        self.assertEqual(names(["eth0", "eth1: 10.0.0.1"]), ["eth0", "eth1"])
        self.assertEqual(names(["A eth0:10.0.0.1/24", "B eth0:10.0.0.2/24"]), ["eth0"])
        self.assertEqual(names(["node1 ens1:10.0.1.1 ens2:10.0.2.1"]), ["ens1", "ens2"])
        self.assertEqual(names(["8 NICs of each node in one subnet"]), [])

    def test_the_program_takes_every_fact(self):
        for case in score.read_cases(os.path.join(HERE, "examples.jsonl")):
            PROGRAM.findings(case, False)  # raises when the program warns


    def test_forms_that_say_the_same_otherwise(self):
        stated = {"driver": "520.56.06", "driver_userspace": "525.85.12"}
        self.assertEqual(self.host(stated)["driver.module_version"], "520.56.06")
        self.assertEqual(self.host(stated)["driver.library_version"], "525.85.12")
        modules = {"driver": "525.85.12", "kernel_modules": [{"name": "nvidia", "version": "520.56.06"}]}
        self.assertEqual(self.host(modules)["driver.module_version"], "520.56.06")
        limited = {"container": {"limits": {"memlock": "8388608 bytes"}}, "network": {"rdma_devices": ["mlx5_0"]}}
        self.assertEqual(self.host(limited)["limits.memlock"], 8388608)
        self.assertIn(("rdma", "mlx5_0"), self.facts(limited))
        self.assertEqual(self.host({"host": {"jetpack": "5"}})["os.l4t"], "34.1")
        self.assertEqual(self.host({"env": {"CUDA_VISIBLE_DEVICES": "<MIG GPU ID>"}})["variables"], {})
        conf = {"other": {"nccl_conf": "/etc/nccl.conf sets NCCL_TOPO_FILE and NCCL_GRAPH_FILE"}}
        self.assertEqual(self.host(conf)["nccl.config"], {"NCCL_TOPO_FILE": "", "NCCL_GRAPH_FILE": ""})
        self.assertIsNone(self.environment({"other": {"python_dev_package": None}})["python.include"])
        several = self.host({"gpus": [{"name": "H100"}], "env": {"CUDA_VISIBLE_DEVICES": "1,2,5"}})
        self.assertEqual(several["gpus"], 6)

    def test_what_a_project_asks_for(self):
        for other in ({"pyproject_requires": "torch >= 2.2.0, < 2.5"}, {"requested": ["torch >= 2.2.0, < 2.5"]}):
            asked = self.host({"other": other})["project.requirements"]
            self.assertEqual({name: text.replace(" ", "") for name, text in asked.items()}, {"torch": ">=2.2.0,<2.5"})
        absent = {"install_method": "pip install gptqmodel", "packages": {"gptqmodel": None}}
        self.assertEqual(self.host(absent)["project.requirements"], {"gptqmodel": ""})

    def test_what_is_being_built(self):
        for key in ("building", "building_from_source", "build_target"):
            host = self.host({"cuda_toolkit": None, "other": {key: "tiny-cuda-nn (CUDA extension)"}})
            self.assertEqual(host["project.requirements"], {"tiny-cuda-nn": ""})
            self.assertIs(host["project.compiles_cuda"], True)
        self.assertEqual(self.host({"other": {"tensorrt_wanted": "8.5.3"}})["project.requirements"], {"tensorrt": "==8.5.3"})

    def test_more_of_machines_and_containers(self):
        self.assertEqual(self.host({"host": {"ulimit": {"max locked memory (kbytes, -l)": "64"}}})["limits.memlock"], 65536)
        lacking = self.environment({"python": "3.10", "host": {"packages": {"python3": "installed", "python3-dev": None}}})
        self.assertIsNone(lacking["python.include"])
        module = {"driver": "570.144", "kernel_module": {"flavour": "proprietary"}}
        self.assertEqual(self.host(module)["driver.module_flavour"], "proprietary")
        inside = self.host({"container": {"runtime": "docker (rootless)", "cgroup_version": "v2", "cuda": "12.1"}})
        self.assertEqual(inside["cgroup.version"], 2)
        self.assertEqual(inside["variables"]["CUDA_VERSION"], "12.1")
        wheel = {"name": "libPyThrustRTC.so", "path": "site-packages/ThrustRTC/libPyThrustRTC.so", "arch": "x86-64"}
        machines = [facts.get("machine") for facts in self.facts({"libraries": [wheel]}).values()]
        self.assertIn("x86_64", machines)

    def test_two_torch_installations_in_a_list(self):
        installs = ["central Python installation: 1.5.1+cu101", "$HOME/.local: newer version"]
        twice = self.environment({"torch": "1.5.1", "other": {"torch_installs": installs}})["duplicates"]
        self.assertEqual(twice[0]["version"], "1.5.1+cu101")

    def test_builds_and_copies_told_by_names(self):
        cpu = {"torch_cuda": None, "packages": {"pytorch": "1.12.1 py3.9_cpu_0 (pytorch channel)"}}
        self.assertEqual(self.environment(cpu)["torch.variant"], "cpu")
        path = "/apps/cudnn/v8.0.3.33-cuda.11.0/lib64"
        facts = self.facts({"torch": "1.12.1", "env": {"LD_LIBRARY_PATH": path + ":/usr/lib"}})
        self.assertEqual(facts[("library", path + "/libcudnn.so.8.0.3")]["version"], "8.0.3")
        copies = [{"name": "torch", "path": "~/.local/lib/python3.7/site-packages/"}, {"name": "torch", "path": "/usr/lib"}]
        twice = self.environment({"torch": "1.1.0", "libraries": copies})["duplicates"]
        self.assertEqual(twice[0]["path"], "/root/.local/lib/python3.7/site-packages")

    def test_a_minor_release_of_nccl_is_its_last_patch(self):
        facts = self.facts({"nccl": "2.19"})
        self.assertEqual(facts[("library", "/usr/lib/x86_64-linux-gnu/libnccl.so.2")]["version"], "2.19.99")


class Scores(unittest.TestCase):
    def result(self, **changes):
        result = {"id": "a", "kind": "incident", "cause": "x", "decidable": "facts", "strength": "high"}
        result.update(lifted=False, named=True, exact=True, first=True, findings=[])
        result.update(changes)
        return result

    def test_lifted_cases_are_apart(self):
        report = score.scores([self.result(), self.result(named=False), self.result(lifted=True)])
        self.assertEqual(report["recall"]["facts"]["high"], {"hit": 1, "of": 2})
        self.assertEqual(report["lifted"]["recall"]["facts"]["high"], {"hit": 1, "of": 1})

    def test_alarms(self):
        finding = {"cause": "y", "rule": "r", "severity": "error", "title": ""}
        alarm = self.result(kind="healthy", findings=[finding], findings_with_log=[])
        fault = self.result(kind="healthy", cause="y", findings=[finding], findings_with_log=[finding])
        report = score.scores([alarm, fault])
        self.assertEqual(report["false_alarms"]["error"]["hit"], 1)
        self.assertEqual(report["false_alarms"]["warning"]["hit"], 0)
        self.assertEqual(report["false_alarms_with_log"]["error"]["hit"], 0)

    def test_a_fault_of_the_hardware_that_is_told_as_one_is_no_alarm(self):
        finding = {"cause": "gpu-memory-defect", "rule": "r", "severity": "error", "title": ""}
        found = {"kind": "healthy", "findings": [finding], "findings_with_log": []}
        fault = self.result(cause="hardware-fault-not-configuration", **found)
        self.assertEqual(score.scores([fault])["false_alarms"]["error"]["hit"], 0)
        self.assertEqual(score.scores([self.result(cause="not-environmental", **found)])["false_alarms"]["error"]["hit"], 1)

    def test_floors_hold_and_only_go_up(self):
        report = {"recall": {"facts": {"high": {"hit": 5, "of": 6}}}, "false_alarms": {"error": {"hit": 1, "of": 9}}}
        held = {"recall.facts.high": {"hit": 5, "of": 6}, "false_alarms.error": {"hit": 1, "of": 9}}
        self.assertEqual(score.below_floors(report, held), [])
        self.assertEqual(len(score.below_floors(report, {"recall.facts.high": {"hit": 6, "of": 6}})), 1)
        self.assertEqual(len(score.below_floors(report, {"false_alarms.error": {"hit": 0, "of": 9}})), 1)
        self.assertEqual(len(score.below_floors(report, {"recall.facts.high": {"hit": 5, "of": 7}})), 1)
        self.assertEqual(len(score.below_floors(report, {"recall.log.high": {"hit": 0, "of": 0}})), 1)
        old = {"recall.facts.high": {"hit": 6, "of": 6}, "false_alarms.error": {"hit": 3, "of": 9}}
        self.assertEqual(score.raised(report, old)["recall.facts.high"], {"hit": 6, "of": 6})
        self.assertEqual(score.raised(report, old)["false_alarms.error"], {"hit": 1, "of": 9})

    def test_bad_input_names_the_line(self):
        for line, words in (
            ("{", "not JSON"),
            ("[]", "an object"),
            ('{"id": "a"}', "lacks kind, cause, facts"),
            (json.dumps({"id": "a", "kind": "incident", "cause": "x", "facts": []}), "facts is an object"),
        ):
            with self.assertRaisesRegex(score.BadInput, f"file:3: .*{words}"):
                score.read_case(line, "file:3")

    def test_the_log_is_given_where_facts_do_not_decide(self):
        asked = []

        class Recorder:
            explains = True
            cause_of = {}

            def findings(self, case, with_log):
                asked.append((case["id"], with_log))
                return [], {}

        for name, kind, decidable in (("f", "incident", "facts"), ("l", "incident", "log"), ("h", "healthy", None)):
            case = {"id": name, "kind": kind, "cause": "x", "decidable": decidable, "facts": {}, "log": ["line"]}
            score.judge(case, Recorder(), {}, True)
        self.assertEqual(asked, [("f", False), ("l", True), ("h", False), ("h", True)])

    def test_a_case_that_fails_is_told_and_takes_no_other_score_away(self):
        class Failing:
            explains = True
            cause_of = {}

            def findings(self, case, with_log):
                raise KeyError("of the mapping")

        case = {"id": "a", "kind": "incident", "cause": "x", "decidable": "facts", "facts": {}, "log": []}
        result = score.judge(case, Failing(), {}, True)
        self.assertEqual((result["named"], result["findings"]), (False, []))
        self.assertIn("KeyError", result["failure"])


if __name__ == "__main__":
    PROGRAM = score.Program(sys.argv.pop(1))
    unittest.main()
