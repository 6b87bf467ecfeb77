"""The code blocks of a page of the documentation, in their order: what the tests run and what the pictures are made from."""

import re
from dataclasses import dataclass
from pathlib import Path

_FENCED = re.compile(
    r"^```(?P<language>[a-z]+)\n(?P<code>.*?)^```$|^!\[(?P<text>[^\]]*)\]\((?P<file>[^)\s]+)\)",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A code block, or a picture.

    Attributes
    ----------
    kind : str
        The language of the code: "python", "pycon", "sh"; "picture" for a picture.
    text : str
        The code, or the alternative text.
    line : int
        Where it begins, from 1.
    file : str
        Of a picture: its path as the page names it.
    """

    kind: str
    text: str
    line: int
    file: str = ""


def blocks_of(path: Path) -> list[Block]:
    """Read the code blocks and pictures of a page.

    Parameters
    ----------
    path : Path
        A page in Markdown.

    Returns
    -------
    list of Block
        In their order.
    """
    text = path.read_text(encoding="utf-8")
    found = []
    for match in _FENCED.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["file"]:
            found.append(Block("picture", match["text"], line, match["file"]))
        else:
            found.append(Block(match["language"], match["code"], line))
    return found
