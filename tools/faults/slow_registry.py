"""A registry on this machine with one image, which it gives away slowly.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

import json
import secrets
import tarfile
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

from tools.cluster import oci

_BUSYBOX: Final = Path("/bin/busybox")
_PIECE: Final = 16 * 1024
_ADDRESS: Final = "127.0.0.1"  # containerd asks a registry on loopback without TLS


@contextmanager
def slow_registry(seconds: float) -> Generator[str]:
    """Serves until the end of the block; gives the name of its image, whose pull takes about so many seconds.

    The image is another one each time, so that no node has a part of it. Its program is busybox.
    """
    with tempfile.TemporaryDirectory() as folder:
        blobs, manifest = _image(Path(folder) / "image.tar")
    size = max(map(len, blobs.values()))
    server = ThreadingHTTPServer((_ADDRESS, 0), _handler(blobs, manifest, pause=seconds * _PIECE / size))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{_ADDRESS}:{server.server_port}/slow:1"
    finally:
        server.shutdown()
        server.server_close()


def _image(archive: Path) -> tuple[dict[str, bytes], str]:
    """The blobs of an image by their digests, and the digest of its manifest."""
    files = {"bin/busybox": _BUSYBOX.read_bytes(), "ballast": secrets.token_bytes(1024 * 1024)}
    links = {"bin/httpd": "busybox", "bin/sh": "busybox"}
    oci.write_archive(oci.Image(name="slow:1", files=files, links=links, command=("sh",)), archive)
    blobs, manifest = dict[str, bytes](), ""
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is not None and member.name.startswith("blobs/"):
                blobs[member.name.removeprefix("blobs/").replace("/", ":")] = content.read()
            elif content is not None and member.name == "index.json":
                manifest = json.load(content)["manifests"][0]["digest"]
    return blobs, manifest


def _handler(blobs: dict[str, bytes], manifest: str, *, pause: float) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers pulls only. ``pause``: seconds after each piece of a blob."""

        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the name is that of http.server
            """Nothing."""

        def _answer(self, *, body: bool) -> None:
            name = self.path.rpartition("/")[2]
            digest = manifest if name == "1" else name
            content = blobs.get(digest, b"")
            kind = json.loads(content)["mediaType"] if digest == manifest else "application/octet-stream"
            known = bool(content) or self.path == "/v2/"
            self.send_response(HTTPStatus.OK if known else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", kind)
            self.send_header("Docker-Content-Digest", digest)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            for begin in range(0, len(content) if body else 0, _PIECE):
                self.wfile.write(content[begin : begin + _PIECE])
                time.sleep(pause if len(content) > _PIECE else 0)  # what is slow here is the point

    return Handler
