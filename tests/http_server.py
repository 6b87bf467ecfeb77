"""A file server on this machine's loopback address that can misbehave as real ones do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class SampleServer:
    """Serves bytes by path, each request as the next word of that path's script says.

    Words: "good", "cut off" (announces all bytes, sends half, hangs up), "wrong" (other bytes of the same length), "endless"
    (zeros without end), "silent" (nothing, until the other side hangs up), "trickle" (a few bytes now and then) and any
    HTTP status such as "503". The last word stays for all further requests.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.files: dict[str, bytes] = {}
        self.scripts: dict[str, list[str]] = {}
        self.ended = threading.Event()
        self.answers: list[tuple[str, str]] = []

    def serve(self, path: str, content: bytes, *script: str) -> str:
        """Put a file up and return its address."""
        self.files[path], self.scripts[path] = content, list(script or ("good",))
        return f"{self.address}/{path}"

    def hold(self, handler: BaseHTTPRequestHandler, word: str) -> None:
        """Keep a request busy until the other side has had enough, or the server ends."""
        with suppress(OSError):
            while not self.ended.is_set():
                if word == "endless":
                    handler.wfile.write(bytes(1 << 16))
                else:
                    if word == "trickle":
                        handler.wfile.write(b"x" * 64)
                    self.ended.wait(0.05)

    def next_word(self, path: str) -> str:
        script = self.scripts.get(path, ["404"])
        word = script.pop(0) if len(script) > 1 else script[0]
        self.answers.append((path, word))
        return word


@contextmanager
def sample_server() -> Iterator[SampleServer]:
    """A running server; its thread and port are gone afterwards."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            word = served.next_word(path)
            if word.isdigit():
                self.send_error(int(word))
                return
            content = served.files[path]
            if word == "wrong":
                content = bytes(byte ^ 0xFF for byte in content)
            self.send_response(200)
            if word in ("endless", "silent", "trickle"):
                self.end_headers()
                served.hold(self, word)
                return
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if word == "cut off" else content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = SampleServer(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield served
        finally:
            served.ended.set()
            server.shutdown()
            thread.join()
