"""The code of a record as a notebook, and as a file for Python."""

import json

__all__ = ["notebook_text", "script_text"]


def script_text(lines: str, title: str) -> str:
    """Return a Python file that is run in the folder of the record."""
    return f'"""{title}\n\nRun this in its own folder: python repeat.py\n"""\n\n{lines}\n'


def notebook_text(lines: str, title: str) -> str:
    """Return a notebook that is opened in the folder of the record; the same text for the same lines."""
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {title}"},
        {
            "cell_type": "code", "execution_count": None, "id": "repeat", "metadata": {}, "outputs": [],
            "source": lines.splitlines(keepends=True),
        },
    ]  # fmt: skip
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
