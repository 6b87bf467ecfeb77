"""A button that opens a file of the user's: the browser sends it in parts, and the kernel acknowledges each."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, ClassVar

import traitlets as t

from lattice_widgets.views.canvas.picture_traits import reject_unknown
from lattice_widgets.views.shared.browser_view import BrowserView
from lattice_widgets.views.shared.javascript import join_modules, join_styles

__all__ = ["UploadButton"]

#: Jupyter's servers end the connection over a message of more than 10 MiB, unless told otherwise; proxies before them at
#: any size they like. The kernel acknowledges a part before the next one leaves, so a slow line is never choked.
_PART = 2 * 1024**2


class UploadButton(BrowserView):
    """A button, and a place to drop a file on; progress with a way to cancel it, and a sentence if it cannot be done.

    Parameters
    ----------
    on_file : callable
        Called with the file's name and its content as bytes, once all of it is there.
    on_begin : callable, optional
        Called without arguments when a file was chosen, before any of it has come.
    **settings
        Any of the traits.
    """

    _esm: ClassVar[str] = join_modules("canvas/picture_toolbar.js", "upload/upload_button.js")
    _css: ClassVar[str] = join_styles("upload/upload_button.css")

    description = t.Unicode("", help="What stands on the button.").tag(sync=True)
    tooltip = t.Unicode("", help="What is said of it on hovering.").tag(sync=True)
    limit = t.Int(2 * 1024**3, min=0, help="Largest file, in bytes.").tag(sync=True)
    part_size = t.Int(_PART, min=1, help="Bytes in a part.").tag(sync=True)
    said = t.Unicode("", help="Why the last file was not opened; empty if it was.").tag(sync=True)

    def __init__(
        self,
        on_file: Callable[[str, bytes], None] | None = None,
        on_begin: Callable[[], None] | None = None,
        **settings: Any,
    ) -> None:
        reject_unknown(type(self), settings)
        super().__init__(**settings)
        self._on_file, self._on_begin = on_file, on_begin
        self._forget()
        self.on_msg(self._heard)

    @property
    def waiting_bytes(self) -> int:
        """Bytes of an unfinished file that are kept."""
        return self._content.tell()

    def close(self) -> None:
        """Take the button off the page, and let go of a file that is not there completely."""
        self._forget()
        super().close()

    def _forget(self) -> None:
        self._upload, self._name, self._size, self._number = "", "", 0, 0
        self._content = io.BytesIO()
        self._complete = False

    def _heard(self, _widget: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        """Take what the page sends: "begin" with a name and a size, "part" with its number and bytes, "cancel".

        Each says of which upload it is. The page sends again what was not acknowledged, so that all may come twice.
        """
        act, upload = content.get("act"), str(content.get("upload"))
        if act == "begin" and upload != self._upload:
            self._begin(upload, content)
        elif upload != self._upload:
            if act == "part":  # of a file that was given up, or of a page that knows nothing of the newer one
                self.send({"act": "lost", "upload": upload})
            return
        if act == "cancel":
            self._forget()
        elif act == "part" and not self._take(content.get("number"), buffers):
            self._forget()
            self.send({"act": "lost", "upload": upload})
        elif self._upload:
            self._acknowledge()

    def _begin(self, upload: str, content: dict[str, Any]) -> None:
        self._forget()
        if self._on_begin is not None:
            self._on_begin()
        size = content.get("size")
        if not isinstance(size, int) or not 0 <= size <= self.limit:
            self.send({"act": "lost", "upload": upload})  # the page has said so already
            return
        self._upload, self._name, self._size = upload, str(content.get("name") or "upload"), size

    def _take(self, number: Any, buffers: list[Any]) -> bool:
        """Add a part; return whether it fits what is there."""
        if not isinstance(number, int) or not 0 <= number <= self._number or len(buffers) != 1:
            return False
        part = memoryview(buffers[0])
        if number < self._number:  # sent again, because the acknowledgement was late
            return True
        if not 0 < part.nbytes <= min(self.part_size, self._size - self.waiting_bytes):
            return False
        self._content.write(part)
        self._number += 1
        return True

    def _acknowledge(self) -> None:
        ready = not self._complete and self.waiting_bytes == self._size
        have = self._size if self._complete else self.waiting_bytes
        self.send({"act": "got", "upload": self._upload, "parts": self._number, "bytes": have})
        if ready:
            self._complete = True
            # the stream gives its bytes away without a copy, and then lets go of them
            content, self._content = self._content.getvalue(), io.BytesIO()
            if self._on_file is not None:
                self._on_file(self._name, content)
