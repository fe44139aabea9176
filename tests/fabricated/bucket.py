"""A public S3 bucket on this machine, which serves a folder."""
import contextlib
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from brainscore_plugin.recordings import download
from brainscore_plugin.recordings.download import Bucket


class Server(ThreadingHTTPServer):
    """Serves `folder` below `prefix`, in pages of two entries; `requests` lists the paths asked for."""

    def __init__(self, folder: Path, prefix: str):
        super().__init__(('127.0.0.1', 0), Handler)
        self.folder, self.prefix, self.requests = folder, prefix, []
        self.failing, self.ranges, self.cut = None, True, None
        self.bucket = Bucket(f'http://127.0.0.1:{self.server_port}', prefix)

    def fail_on(self, name: str | None) -> None:
        """Answer with status 500 wherever the path ends with `name`."""
        self.failing = name


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == '/':
            self._answer(200, self._listing(parse_qs(url.query)), {})
            return
        name = unquote(url.path).lstrip('/').removeprefix(self.server.prefix)
        self.server.requests.append(name)
        path = self.server.folder / name
        if self.server.failing and name.endswith(self.server.failing):
            self._answer(500, b'', {})
        elif not path.is_file():
            self._answer(404, b'', {})
        else:
            self._send(path.read_bytes())

    def _send(self, content: bytes) -> None:
        asked = self.headers.get('Range')
        if asked and self.server.ranges:
            start = int(asked.removeprefix('bytes=').removesuffix('-'))
            self._answer(206, content[start:], {})
        else:
            self._answer(200, content, {})

    def _answer(self, status: int, content: bytes, headers: dict) -> None:
        self.send_response(status)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(content[:self.server.cut])  # a connection that breaks

    def _listing(self, query: dict) -> bytes:
        folder = query['prefix'][0].removeprefix(self.server.prefix)
        paths = sorted(path for path in (self.server.folder / folder).glob('*') if path.is_file())
        start = int(query.get('continuation-token', ['0'])[0])
        entries = ''.join(
            f'<Contents><Key>{escape(self.server.prefix + folder + path.name)}</Key><Size>{path.stat().st_size}</Size>'
            f'<ETag>&quot;{hashlib.md5(path.read_bytes()).hexdigest()}&quot;</ETag></Contents>'
            for path in paths[start:start + 2])
        more = f'<NextContinuationToken>{start + 2}</NextContinuationToken>' if len(paths) > start + 2 else ''
        return (f'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                f'{entries}{more}</ListBucketResult>').encode()


@contextlib.contextmanager
def serve_bucket(folder: Path, prefix: str, monkeypatch):
    """Serve a folder as a bucket while the block runs; its `bucket` is what to read it with."""
    monkeypatch.setattr(download, 'ATTEMPTS', 2)
    monkeypatch.setattr(download, 'PAUSE', 0)
    monkeypatch.setenv('no_proxy', '127.0.0.1')
    server = Server(folder, prefix)
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': .05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
