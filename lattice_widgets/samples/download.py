"""Downloads that end: neither without a limit of size, nor at a server that says nothing or next to nothing."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pooch

from lattice_widgets.samples.registry import BUNDLED, SampleError

__all__ = ["HTTPDownloader", "host_of", "remove_left_over", "status_of", "unreachable"]

#: bytes; the largest sample has a hundredth of it
MOST_BYTES = 500_000_000
#: seconds within which a server must be faster than `SLOWEST`, and bytes per second
PATIENCE, SLOWEST = 60.0, 2_000.0
#: seconds to connect, and between two pieces: without a network the answer must come while somebody still waits for it
TIMEOUT = (5, 30)
#: answers of a server that may be better a moment later; any other 4xx will be the same next time
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
#: bytes that must be there before they count: few, so that a server that sends next to nothing is noticed
_CHUNK = 4096
#: seconds after which an unfinished file belongs to nobody any more
_LEFT_OVER = 24 * 3600.0


class HTTPDownloader(pooch.HTTPDownloader):
    """pooch's own downloader, which gives up at once where going on or asking again cannot help."""

    def __init__(self) -> None:
        super().__init__(timeout=TIMEOUT, chunk_size=_CHUNK)

    def __call__(self, url: str, output_file: Any, pooch: Any, check_only: bool = False) -> bool | None:
        """Download a file, as pooch calls it.

        Raises
        ------
        SampleError
            If the server does not have it, sends too much, or hangs. Other failures are pooch's, which tries again.
        """
        from requests.exceptions import ConnectionError, HTTPError, InvalidURL, MissingSchema, ReadTimeout

        self.progressbar = _Watch(host_of(url))
        try:
            return super().__call__(url, output_file, pooch, check_only)
        except (InvalidURL, MissingSchema) as error:
            raise SampleError(f"{url} is not an address that can be asked") from error
        except HTTPError as error:
            code = status_of(error)
            if 400 <= code < 500 and code not in _WORTH_ANOTHER_TRY:
                raise SampleError(f"{host_of(url)} does not have it (HTTP {code})") from error
            raise
        except (ReadTimeout, ConnectionError) as error:
            if isinstance(error, ReadTimeout) or "Read timed out" in str(error):
                raise SampleError(f"{host_of(url)} hangs: nothing came for {TIMEOUT[1]} s") from error
            if _never_connected(error):
                raise SampleError(unreachable(host_of(url))) from error
            raise


def _never_connected(error: Any) -> bool:
    """Whether there is no way to the server: a class without a network does not wait until it was asked four times."""
    from requests.exceptions import ConnectTimeout
    from requests.packages.urllib3.exceptions import NewConnectionError

    return isinstance(error, ConnectTimeout) or isinstance(
        getattr(next(iter(error.args), None), "reason", None), NewConnectionError
    )


class _Watch:
    """Stands where pooch expects a bar of progress, and stops a download that is too large or too slow."""

    def __init__(self, host: str) -> None:
        self.total = 0
        self._host, self._begun, self._came = host, time.monotonic(), 0

    def update(self, n_bytes: int) -> None:
        """Take note of bytes that came."""
        self._came += n_bytes
        if max(self._came, self.total) > MOST_BYTES:
            raise SampleError(f"{self._host} sends more than {MOST_BYTES / 1e6:.0f} MB, which is no sample")
        passed = time.monotonic() - self._begun
        if passed > PATIENCE and self._came < SLOWEST * passed:
            raise SampleError(f"{self._host} hangs: {self._came / 1000:.0f} kB came in {passed:.0f} s")

    def reset(self) -> None:
        """Begin to count anew: pooch counts the whole once more at the end."""
        self._came = 0

    def close(self) -> None:
        """Nothing is kept open."""


def remove_left_over(folder: Path) -> None:
    """Remove the unfinished files of downloads that were killed at least a day ago."""
    with suppress(OSError):
        for path in folder.glob("tmp*"):  # as pooch has Python name them
            with suppress(OSError):
                if path.is_file() and time.time() - path.stat().st_mtime > _LEFT_OVER:
                    path.unlink()


def host_of(url: str) -> str:
    """Return whom an address asks."""
    return "the package" if url.startswith(BUNDLED) else urlsplit(url).netloc or url


def unreachable(host: str) -> str:
    """Say that nobody answers there."""
    return f"{host} cannot be reached; this computer may be offline"


def status_of(error: Any) -> int:
    """Return the HTTP status that an error of requests tells; 0 if it tells none."""
    return int(getattr(error.response, "status_code", 0))
