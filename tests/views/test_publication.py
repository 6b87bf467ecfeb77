"""Figures for print: the same bytes every time, and one layout for all kinds of files."""

from pathlib import Path

import numpy as np
from PIL import Image

from lattice_widgets.views.figures.publication import PublicationFigure


def drawn() -> PublicationFigure:
    """Two panels whose long labels would lie over each other where nothing lays them out."""
    figure = PublicationFigure(figsize=(5, 3), layout="constrained")
    for axes in figure.subplots(1, 2):
        axes.plot([0, 1000], [0, 1_000_000])
        axes.set(xlabel="time [s]", ylabel="a long label of the axis [nm]", title="phases")
    return figure


def test_a_figure_is_laid_out_for_all_kinds_of_files_and_afterwards_too(tmp_path: Path) -> None:
    figure, usual = drawn(), drawn()
    as_made = np.array([axes.get_position().bounds for axes in figure.axes])
    figure.save_as(tmp_path / "a.png", tmp_path / "a.svg", tmp_path / "a.pdf")
    usual.savefig(tmp_path / "usual.png")
    laid_out, as_usual = (np.array([axes.get_position().bounds for axes in one.axes]) for one in (figure, usual))
    assert abs(as_made - as_usual).max() > 0.03
    assert abs(laid_out - as_usual).max() < 0.005
    with Image.open(tmp_path / "a.png") as png:
        assert png.size == (1000, 600)
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").count("phases") == 2
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    # a size that is changed later is laid out again
    figure.set_size_inches(9, 3)
    figure.savefig(tmp_path / "wide.png")
    assert abs(np.array([axes.get_position().bounds for axes in figure.axes]) - laid_out).max() > 0.01


def test_the_same_content_makes_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        drawn().save_as(tmp_path / f"{name}.svg", tmp_path / f"{name}.pdf")
    for kind in ("svg", "pdf"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
