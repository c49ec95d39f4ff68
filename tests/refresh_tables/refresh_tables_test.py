"""tools/refresh_tables against an index on the loopback interface."""

import contextlib
import http.server
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest
import zipfile
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "tools" / "refresh_tables"
JSON_LISTING = "application/vnd.pypi.simple.v1+json"


def wheel(name, version, requires, members=()):
    """The bytes of a wheel."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        metadata = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {line}" for line in requires)]
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(metadata))
        for path, text in members:
            archive.writestr(path, text)
    return content.getvalue()


def torch(version, cuda, requires, flags):
    library = os.urandom(300_000) + b"\0" + flags + b"\0" + os.urandom(1000)
    members = [("torch/version.py", f"cuda: Optional[str] = '{cuda}'\n"), ("torch/lib/libtorch_python.so", library)]
    return wheel("torch", version, requires, members)


def shared_object(needed):
    """The bytes of a shared object that names a library as needed."""
    with tempfile.TemporaryDirectory() as directory:
        library, user = Path(directory, "library.so"), Path(directory, "user.so")
        link = ["c++", "-shared", "-nostdlib", "-x", "c++", "/dev/null"]
        subprocess.run([*link, f"-Wl,-soname,{needed}", "-o", library], check=True)
        subprocess.run([*link, "-x", "none", "-Wl,--no-as-needed", library, "-o", user], check=True)
        return user.read_bytes()


def compiled(name, version, needed, numpy=b""):
    """A wheel with a compiled module, and with a text that ends like one."""
    members = [(f"{name}/_C.abi3.so", shared_object(needed) + numpy), (f"{name}/broken.so", "no ELF file")]
    return wheel(name, version, [], members)


def releases(name, contents):
    """An index's files of a package by version."""
    return {f"{name}-{version}-cp38-abi3-manylinux_2_28_x86_64.whl": content for version, content in contents.items()}


PAIRS = [
    'nvidia-nccl-cu13==2.28.9; platform_system == "Linux"',
    'triton==3.6.0; platform_system == "Linux"',
    'optree>=0.13.0; extra == "optree"',
]
TORCH = torch("2.11.0", "13.0", PAIRS, b"sm_75 sm_120 compute_120")
FILES = {
    "torch": {
        "torch-2.11.0-cp310-cp310-manylinux_2_28_x86_64.whl": TORCH,
        "torch-2.11.0-cp314-cp314-manylinux_2_28_x86_64.whl": TORCH,
        "torch-2.11.0-cp315-cp315t-manylinux_2_28_x86_64.whl": TORCH,
        "torch-2.11.0-cp315-cp315-win_amd64.whl": TORCH,
        "torch-2.12.0rc1-cp314-cp314-manylinux_2_28_x86_64.whl": TORCH,
    },
    "torchvision": {
        "torchvision-0.26.0-cp314-cp314-manylinux_2_28_x86_64.whl": wheel("torchvision", "0.26.0", ["torch (==2.11.0)"])
    },
    "torchaudio": {
        "torchaudio-2.11.0-cp314-cp314-manylinux_2_28_x86_64.whl": wheel("torchaudio", "2.11.0", ["torch==2.11.0"])
    },
    "cupy-cuda12x": {
        "cupy_cuda12x-9.6.0-cp36-cp36m-manylinux1_x86_64.whl": b"",
        "cupy_cuda12x-13.0.0-cp39-cp39-manylinux2014_x86_64.whl": b"",
        "cupy_cuda12x-13.0.1-cp312-cp312-manylinux2014_x86_64.whl": b"",
        "cupy_cuda12x-13.0.1-cp313-cp313t-manylinux2014_x86_64.whl": b"",
        "cupy_cuda12x-13.0.1-cp314-cp314-win_amd64.whl": b"",
    },
    "vllm": releases(
        "vllm",
        {
            **{f"0.{minor}.0": b"not read" for minor in range(4, 18)},
            **{f"0.{minor}.0": compiled("vllm", f"0.{minor}.0", "libcudart.so.12") for minor in (18, 19)},
            **{f"0.{minor}.0": compiled("vllm", f"0.{minor}.0", "libcublas.so.13") for minor in (20, 21)},
            "0.22.0": compiled("vllm", "0.22.0", "libm.so.6", b"\0libcublas.so.13\0"),
            **{f"0.{minor}.0": compiled("vllm", f"0.{minor}.0", "libcuda.so.1") for minor in (23, 24)},
        },
    ),
    "faiss-gpu": releases(
        "faiss",
        {
            "1.7.2": compiled("faiss", "1.7.2", "libm.so.6", b"numpy.core._multiarray_umath"),
            "1.14.3": compiled("faiss", "1.14.3", "libm.so.6", b"numpy._core._multiarray_umath"),
            "1.15.0": compiled("faiss", "1.15.0", "libm.so.6", b"numpy._core._multiarray_umath"),
        },
    ),
}


class FakeIndex(http.server.BaseHTTPRequestHandler):
    """PEP 503 and 691 listings, and files with or without ranges."""

    json_listings = True
    ranges = True

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        if parts[0] == "simple" and parts[1] in FILES:
            self.listing(FILES[parts[1]])
        elif parts[0] == "files":
            self.file(FILES[parts[1]][parts[2]])
        else:
            self.send_error(404)

    def listing(self, files):
        project = self.path.strip("/").split("/")[1]
        urls = {name: f"../../files/{project}/{name}" for name in files}
        if self.json_listings:
            body = json.dumps({"files": [{"filename": name, "url": url} for name, url in urls.items()]})
            return self.answer(200, body.encode(), {"Content-Type": JSON_LISTING})
        links = "".join(f'<a href="{url}#sha256=00">{name}</a>' for name, url in urls.items())
        return self.answer(200, f"<html><body>{links}</body></html>".encode(), {"Content-Type": "text/html"})

    def file(self, content):
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not self.ranges or not asked:
            return self.answer(200, content, {})
        first, last = int(asked[1]), min(int(asked[2]), len(content) - 1)
        return self.answer(206, content[first : last + 1], {"Content-Range": f"bytes {first}-{last}/{len(content)}"})

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):  # the other side may have seen enough
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def table(name, columns, rows):
    return {
        "table": name,
        "meaning": "m",
        "key": "k",
        "columns": {column: {"type": "string", "meaning": "m"} for column in columns},
        "sources": ["s"],
        "rows": rows,
    }


class RefreshTables(unittest.TestCase):
    def setUp(self):
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        columns = ["min_python", "max_python_minor", "compile_python_minor", "min_glibc", "pypi_cuda", "triton"]
        known = {"2.11.0": {"min_python": "3.9", "compile_python_minor": 14}}
        self.put(table("torch", columns, known))
        self.put(table("torch_wheel", ["sass", "ptx", "nccl", "min_glibc"], {}))
        self.put(table("torchvision", ["torch"], {"0.9.0": {"torch": "1.8"}}))
        self.put(table("torchaudio", ["torch"], {}))
        self.put(table("package_python", ["first", "last_minor"], {"cupy-cuda12x": {"first": "3.6", "last_minor": 11}}))
        boundaries = ["cuda_11", "cuda_12", "cuda_13", "until"]
        ended = {"ctranslate2": {"cuda_11": "2.0.0", "until": "4.7.0"}}
        self.put(table("package_cuda", boundaries, {"vllm": {"cuda_12": "0.18.0"}, **ended}))
        self.put(table("package_numpy", ["first"], {"faiss-gpu": {}, "numba": {"first": "0.60.0"}}))

    def put(self, content):
        (self.directory / f"{content['table']}.json").write_text(json.dumps(content), encoding="utf-8")

    def rows(self, name):
        return json.loads((self.directory / f"{name}.json").read_text(encoding="utf-8"))["rows"]

    def index(self, **behaviour):
        handler = type("Handler", (FakeIndex,), behaviour)
        server = self.enterContext(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/simple"

    def run_on(self, index, *arguments):
        environment = {**os.environ, "PIP_INDEX_URL": index, "no_proxy": "127.0.0.1"}
        command = [sys.executable, str(PROGRAM), *arguments, str(self.directory)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    def test_shows_the_difference_and_leaves_the_tables(self):
        before = self.rows("torch")
        done = self.run_on(self.index())
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('+    "2.11.0": {"min_python": "3.10"', done.stdout)
        self.assertIn("--- rules/tables/torchvision.json", done.stdout)
        self.assertEqual(done.stderr, "")
        self.assertEqual(self.rows("torch"), before)

    def check_written(self, index):
        self.assertEqual(self.run_on(index, "--write").returncode, 0)
        expected = {
            "min_python": "3.10",
            "max_python_minor": 14,
            "compile_python_minor": 14,
            "min_glibc": "2.28",
            "pypi_cuda": "13.0",
            "triton": "==3.6.0",
        }
        self.assertEqual(self.rows("torch"), {"2.11.0": expected})
        source = ["measured: METADATA and files of the released wheel of torch 2.11.0"]
        wheel_row = {"sass": ["7.5", "12.0"], "ptx": ["12.0"], "nccl": "2.28.9", "min_glibc": "2.28", "sources": source}
        self.assertEqual(self.rows("torch_wheel"), {"2.11.0+cu130": wheel_row})
        self.assertEqual(self.rows("torchvision")["0.26.0"]["torch"], "2.11")
        self.assertEqual(list(self.rows("torchvision")), ["0.9.0", "0.26.0"])
        self.assertEqual(self.rows("torchaudio"), {})
        self.assertEqual(
            list(self.rows("package_python").items()),
            [
                ("cupy-cuda12x", {"first": "3.6", "last_minor": 12}),
                ("cupy-cuda12x 9.6", {"first": "3.6", "last_minor": 6}),
                ("cupy-cuda12x 13.0", {"first": "3.9", "last_minor": 12}),
            ],
        )
        found = {"cuda_12": "0.18.0", "cuda_13": "0.20.0", "until": "0.23.0"}
        self.assertEqual(self.rows("package_cuda"), {"ctranslate2": {"cuda_11": "2.0.0", "until": "4.7.0"}, "vllm": found})
        self.assertEqual(self.rows("package_numpy"), {"faiss-gpu": {"first": "1.14.3"}, "numba": {"first": "0.60.0"}})
        again = self.run_on(index)
        self.assertEqual((again.returncode, again.stdout), (0, ""))

    def test_writes(self):
        self.check_written(self.index())

    def test_reads_listings_in_html(self):
        self.check_written(self.index(json_listings=False))

    def test_says_when_the_index_cannot_be_read(self):
        for index, reason in (
            ("http://127.0.0.1:9/simple", "can't be reached"),
            (self.index() + "/nothing", "404"),
            (self.index(ranges=False), "doesn't serve parts"),
        ):
            with self.subTest(reason):
                done = self.run_on(index)
                self.assertEqual(done.returncode, 69)
                self.assertIn(reason, done.stderr)
                self.assertNotIn("127.0.0.1", done.stderr)
                self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1))


if __name__ == "__main__":
    unittest.main()
