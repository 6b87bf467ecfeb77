"""The widgets in German, whose words are longer: nothing is cut off, on a phone or on a laptop."""

import pytest

from .every_widget import CELL, CLIPPED, NAMES
from .gestures import wait_until_laid_out
from .lab import Lab

pytestmark = pytest.mark.one_kernel

#: also what is on a page of a widget that is not in view is looked at
_ALL_PAGES = """() => document.querySelectorAll(".lattice-widgets .lm-mod-hidden")
    .forEach(page => page.classList.remove("lm-mod-hidden"))"""


def test_no_label_is_cut_off(lab: Lab) -> None:
    page = lab.open(["import os\nos.environ['LATTICE_WIDGETS_LANGUAGE'] = 'de'", CELL])
    lab.resize("phone")
    lab.run_all()
    lab.execute("await show_all()")
    assert page.locator(".lattice-widgets").count() >= len(NAMES)
    assert page.get_by_text("Fouriertransformierte", exact=True).count() >= 3
    found: list[str] = []
    for size in ("phone", "laptop"):
        lab.resize(size)
        page.evaluate(_ALL_PAGES)
        wait_until_laid_out(page)
        found += [f"{size}: {one}" for one in page.evaluate(CLIPPED)]
    assert not found, "\n".join(found)
