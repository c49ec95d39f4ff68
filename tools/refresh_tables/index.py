"""The package index that pip is configured for: its lists of files, and single members of wheels by HTTP ranges."""

import base64
import functools
import io
import json
import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from html.parser import HTMLParser

JSON_LISTING = "application/vnd.pypi.simple.v1+json"
HTML_LISTING = "text/html"
BLOCK = 256 * 1024


class Unreachable(Exception):
    """The index, or a file of it, can't be read; the text says why, without an address."""


@functools.cache
def settings_in_files():
    """pip's settings by section and name: {"global.index-url": "'https://...'"}; none without pip."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    return dict(line.split("=", 1) for line in listed.stdout.splitlines() if "=" in line)


def pip_setting(name):
    """A setting as pip sees it: from its environment variable, else from its files."""
    if value := os.environ.get("PIP_" + name.upper().replace("-", "_")):
        return value
    for section in ("install", "global"):
        if value := settings_in_files().get(f"{section}.{name}"):
            return value.strip("'\"")
    return None


class RangeReader(io.RawIOBase):
    """A file on a server, read block by block."""

    def __init__(self, index, url):
        self.index, self.url, self.position, self.blocks = index, url, 0, {}
        response = index.open(url, {"Range": "bytes=0-0"})
        total = re.fullmatch(r"bytes 0-0/(\d+)", response.headers.get("Content-Range", ""))
        if response.status != 206 or not total:
            raise Unreachable("the package index doesn't serve parts of files (HTTP ranges)")
        self.size = int(total.group(1))

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self.position

    def seek(self, offset, whence=io.SEEK_SET):
        self.position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        return self.position

    def block(self, number):
        if number not in self.blocks:
            last = min(self.size, (number + 1) * BLOCK) - 1
            self.blocks[number] = self.index.read(self.url, {"Range": f"bytes={number * BLOCK}-{last}"})
        return self.blocks[number]

    def readinto(self, buffer):
        number, begin = divmod(self.position, BLOCK)
        if self.position >= self.size:
            return 0
        piece = self.block(number)[begin : begin + len(buffer)]
        buffer[: len(piece)] = piece
        self.position += len(piece)
        return len(piece)


class Links(HTMLParser):
    """The files that a page of PEP 503 lists."""

    def __init__(self):
        super().__init__()
        self.files = []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "a" and values.get("href"):
            url = values["href"].split("#")[0]
            name = urllib.parse.unquote(url.rsplit("/", 1)[-1])
            self.files.append({"filename": name, "url": url, "yanked": "data-yanked" in values})


def default_index():
    """The index that pip takes without a setting, as its own help names it."""
    command = [sys.executable, "-m", "pip", "help", "install"]
    environment = {**os.environ, "COLUMNS": "300"}
    listed = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if found := re.search(r"--index-url.*?\(default\s+([^)\s]+)\)", listed.stdout, re.S):
        return found[1]
    raise Unreachable("pip names no package index; set PIP_INDEX_URL")


class Index:
    def __init__(self):
        address = urllib.parse.urlsplit(pip_setting("index-url") or default_index())
        self.headers = {}
        if address.username:
            user = f"{urllib.parse.unquote(address.username)}:{urllib.parse.unquote(address.password or '')}"
            self.headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
        host = address.netloc.rsplit("@", 1)[-1]
        self.url = urllib.parse.urlunsplit((address.scheme, host, address.path.rstrip("/"), "", ""))
        self.host = host
        self.context = ssl.create_default_context(cafile=pip_setting("cert"))
        self.timeout = float(pip_setting("timeout") or 60)

    def open(self, url, headers):
        own = self.headers if urllib.parse.urlsplit(url).netloc == self.host else {}
        request = urllib.request.Request(url, headers={**own, **headers})
        try:
            return urllib.request.urlopen(request, timeout=self.timeout, context=self.context)
        except urllib.error.HTTPError as error:
            raise Unreachable(f"the package index answered {error.code} {error.reason}") from error
        except (urllib.error.URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise Unreachable(f"the package index can't be reached: {reason}") from error

    def read(self, url, headers):
        try:
            with self.open(url, headers) as response:
                return response.read()
        except OSError as error:
            raise Unreachable(f"the package index broke off: {error}") from error

    def files(self, project):
        """What the index lists for a project: records with filename, url and yanked."""
        url = f"{self.url}/{project}/"
        with self.open(url, {"Accept": f"{JSON_LISTING}, {HTML_LISTING};q=0.1"}) as response:
            kind, text = response.headers.get_content_type(), response.read().decode("utf-8", "replace")
        if kind == JSON_LISTING:
            listed = json.loads(text)["files"]
        else:
            links = Links()
            links.feed(text)
            listed = links.files
        return [{**file, "url": urllib.parse.urljoin(url, file["url"])} for file in listed]

    def wheel(self, url):
        """The wheel as a zip file, of which only what is asked for is fetched."""
        try:
            return zipfile.ZipFile(io.BufferedReader(RangeReader(self, url), BLOCK))
        except zipfile.BadZipFile as error:
            raise Unreachable(f"a wheel on the package index can't be read: {error}") from error
