"""A request handler that serves the built site like a web host: compressed and cacheable."""

from __future__ import annotations

import gzip
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

_TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/xml")


class CompressingHandler(SimpleHTTPRequestHandler):
    """A request handler for files that compresses text."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        kind, data = self.guess_type(path), path.read_bytes()
        self.send_response(200)
        if kind.startswith(_TEXT):
            kind, data = f"{kind}; charset=utf-8", gzip.compress(data)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(data)
