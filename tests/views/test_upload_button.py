"""The kernel's half of the upload: parts are put together, and nothing else gets through."""

import itertools
import tracemalloc
from typing import Any

import pytest

from lattice_widgets.views.upload.upload_button import UploadButton
from tests.widget_parts import receive


class Page:
    """A browser's page that sends to a button what it likes."""

    def __init__(self, **settings: Any) -> None:
        self.files: list[tuple[str, bytes]] = []
        self.begun = 0
        self.button = UploadButton(lambda *file: self.files.append(file), self._begin, part_size=4, **settings)
        self.answers: list[dict[str, Any]] = []
        self.button.send = lambda content, buffers=None: self.answers.append(content)  # what the page would get

    def _begin(self) -> None:
        self.begun += 1

    def say(self, act: str, upload: str = "1", *buffers: bytes, **more: Any) -> dict[str, Any] | None:
        before = len(self.answers)
        receive(self.button, {"act": act, "upload": upload, **more}, buffers)
        return self.answers[-1] if len(self.answers) > before else None

    def upload(self, name: str, content: bytes, upload: str = "1") -> None:
        self.say("begin", upload, name=name, size=len(content))
        for number, start in enumerate(range(0, len(content), 4)):
            self.say("part", upload, content[start : start + 4], number=number)


def test_parts_become_the_file() -> None:
    page = Page()
    assert page.say("begin", name="a.tif", size=10) == {"act": "got", "upload": "1", "parts": 0, "bytes": 0}
    assert page.begun == 1
    page.say("part", "1", b"0123", number=0)
    answer = page.say("part", "1", b"4567", number=1)
    assert answer == {"act": "got", "upload": "1", "parts": 2, "bytes": 8}
    assert page.files == []
    answer = page.say("part", "1", b"89", number=2)
    assert answer == {"act": "got", "upload": "1", "parts": 3, "bytes": 10}
    assert page.files == [("a.tif", b"0123456789")]
    assert page.button.waiting_bytes == 0


def test_what_is_sent_twice_is_taken_once() -> None:
    page = Page()
    for _ in range(2):
        page.say("begin", name="a", size=6)
    for _ in range(2):
        page.say("part", "1", b"0123", number=0)
    for _ in range(2):
        assert page.say("part", "1", b"45", number=1) == {"act": "got", "upload": "1", "parts": 2, "bytes": 6}
    assert (page.files, page.begun) == ([("a", b"012345")], 1)


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        (1, [b"0123"]), (-1, [b"0123"]), ("0", [b"0123"]), (None, [b"0123"]),
        (0, []), (0, [b"0", b"1"]), (0, [b""]), (0, [b"01234"]),
    ],
    ids=["too early", "negative", "a text", "none", "no part", "two parts", "empty part", "too long"],
)  # fmt: skip
def test_parts_that_do_not_fit_end_the_upload_and_the_next_one_works(number: Any, parts: list[bytes]) -> None:
    page = Page()
    page.say("begin", name="a", size=10)
    assert page.say("part", "1", *parts, number=number) == {"act": "lost", "upload": "1"}
    assert page.say("part", "1", b"0123", number=0) == {"act": "lost", "upload": "1"}
    page.upload("b", b"abcdef", upload="2")
    assert page.files == [("b", b"abcdef")]


def test_more_than_was_announced_is_refused() -> None:
    page = Page()
    page.say("begin", name="a", size=5)
    page.say("part", "1", b"0123", number=0)
    assert page.say("part", "1", b"4567", number=1) == {"act": "lost", "upload": "1"}
    assert (page.files, page.button.waiting_bytes) == ([], 0)


@pytest.mark.parametrize("size", [101, -1, 1e9, "5", None, 2**70])
def test_a_size_that_is_none_or_too_large_is_refused_before_any_part(size: Any) -> None:
    page = Page(limit=100)
    assert page.say("begin", name="a", size=size) == {"act": "lost", "upload": "1"}
    assert page.say("part", "1", b"0123", number=0) == {"act": "lost", "upload": "1"}
    assert page.begun == 1, "the error of an earlier file stays on the screen"


def test_an_upload_that_is_given_up_leaves_nothing_behind() -> None:
    page = Page()
    page.say("begin", name="a", size=10)
    page.say("part", "1", b"0123", number=0)
    assert page.button.waiting_bytes == 4
    page.say("cancel")
    assert page.button.waiting_bytes == 0
    # another one begins before the first is done: the first is told
    page.say("begin", "2", name="b", size=10)
    page.say("part", "2", b"0123", number=0)
    page.say("begin", "3", name="c", size=2)
    assert page.say("part", "2", b"4567", number=1) == {"act": "lost", "upload": "2"}
    page.say("part", "3", b"cc", number=0)
    assert page.files == [("c", b"cc")]
    page.say("begin", "4", name="d", size=10)
    page.say("part", "4", b"0123", number=0)
    page.button.close()
    assert page.button.waiting_bytes == 0


def test_an_empty_file_is_handed_over_too() -> None:
    page = Page()
    page.say("begin", name="a", size=0)
    assert page.files == [("a", b"")]


def test_one_copy_is_kept() -> None:
    size, part = 48 * 1024**2, 1024**2
    kept: list[bytes] = []
    button = UploadButton(lambda name, content: kept.append(content), part_size=part)
    button.send = lambda content, buffers=None: None
    tracemalloc.start()
    receive(button, {"act": "begin", "upload": "1", "name": "a", "size": size})
    for number in itertools.takewhile(lambda number: number < size // part, itertools.count()):
        receive(button, {"act": "part", "upload": "1", "number": number}, [bytes(part)])
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept[0]) == size
    assert now < 1.05 * size
    # while the last part comes, the stream may have some room to spare
    assert peak < 1.5 * size
