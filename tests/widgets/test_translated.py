"""Every widget in the language of the tests: what the user reads went through the catalog, whatever the widget shows."""

from collections.abc import Iterator
from pathlib import Path

import bqplot
import ipywidgets as ipw
import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.kinetics.beam import THRESHOLDS
from lattice_widgets.views.cloud.point_cloud import PointCloud
from lattice_widgets.views.shared.browser_view import BrowserView, messages_of
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.closing import parts_of
from tests import widget_parts
from tests.patience import until
from tests.pseudo_language import LANGUAGE, NAMES, plain_words, pseudo, write_pseudo_catalog

#: what the user or the data gave, and the style sheets
OWN = (ipw.Text, ipw.Textarea)


@pytest.fixture(scope="module")
def pseudo_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pseudo_catalog(tmp_path_factory.mktemp("locale"))


@pytest.fixture(autouse=True)
def pseudo_language(pseudo_catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lw.load_classifier().load()
    monkeypatch.setenv("LATTICE_WIDGETS_LOCALE", str(pseudo_catalog))
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", LANGUAGE)


def texts_of(widget: ipw.Widget) -> Iterator[tuple[str, str]]:
    """Yield what a widget and all its parts say, with where it stands."""
    for part in [widget, *parts_of(widget, LatticeWidget)]:
        names = ["description", "tooltip", "placeholder", "title", "note", "points_name", "label", "value_name"]
        if isinstance(part, ipw.HTML | ipw.Label):
            names.append("value")
        for name in names:
            value = getattr(part, name, None)
            # the title of a whole widget is only marked; its heading shows it
            if isinstance(value, str) and value and not (isinstance(part, LatticeWidget) and name == "title"):
                yield f"{type(part).__name__}.{name}", value
        several = {"titles": ipw.Tab, "_options_labels": ipw.Dropdown, "text": bqplot.Label, "labels": bqplot.Lines}
        several |= {"class_words": BrowserView, "point_labels": BrowserView}
        for name, kind in several.items():
            if isinstance(part, kind) and getattr(part, name, None) is not None:
                yield from ((f"{type(part).__name__}.{name}", str(value)) for value in getattr(part, name))
        if isinstance(part, bqplot.Axis):
            yield "Axis.tick_labels", " ".join((part.tick_labels or {}).values())


def assert_translated(widget: LatticeWidget, *names: str) -> None:
    found = list(texts_of(widget))
    assert sum("⟦" in text for _where, text in found) > 8
    allowed = {word for name in names for word in plain_words(name)}
    left = {(where, text) for where, text in found if set(plain_words(text)) - allowed}
    assert not left, "\n".join(f"{where}: {text}" for where, text in sorted(left))
    for part in parts_of(widget, LatticeWidget):
        if isinstance(part, BrowserView):
            assert set(part.words) == set(messages_of(part._esm)), "messages of the JavaScript are not sent"
            assert all(said == pseudo(message) for message, said in part.words.items())


def test_the_language_of_the_tests_finds_what_is_not_translated() -> None:
    assert pseudo("{n:.3g} pictures of <b>{name}</b>") == "⟦{n:.3g} píctúrés óf <b>{name}</b>⟧"
    assert plain_words(pseudo("{count} pictures, <i>all</i> <code>of.them</code>").format(count=3)) == []
    assert plain_words('⟦píctúré⟧ <b title="square">3 nm</b> <i>of</i> default graphene_stm.tif') == [
        *("of", "graphene_stm.tif", "square")
    ]
    assert "graphene" not in NAMES


async def test_simulator() -> None:
    simulator = lw.LatticeSimulator(rows=96, cols=128, field_of_view=2.5)
    await simulator.settled()
    assert simulator.message.startswith("⟦Thé láttícé ís ⟦⟦⟦héxágónál⟧")
    assert_translated(simulator)
    simulator.crystal, simulator.drift_right, simulator.layer, simulator.mode = "Fe [110]", 0.1, 0.5, "STM"
    await simulator.settled()
    assert_translated(simulator)
    simulator.close()


async def test_probability_panel() -> None:
    image = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], lw.Microscope(rows=96, cols=120), seed=2).image
    panel = lw.ProbabilityPanel()
    await panel.settled()
    assert_translated(panel)
    panel.n_passes, panel.image = 60, image
    await panel.settled()
    assert panel.verdict == "⟦sqúáré⟧"
    assert_translated(panel)
    panel.image = np.random.default_rng(3).normal(size=(64, 80)).cumsum(axis=1)
    await panel.settled()
    panel.classifier = "paper"
    await panel.settled()
    assert_translated(panel)
    panel.image = np.zeros((3, 4, 5))
    await panel.settled()
    assert panel.error.startswith("⟦Thís ís á móvíé óf 3 frámés")
    panel.close()


async def test_strain_map() -> None:
    rows, cols = np.indices((128, 144))
    waves = np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / 8.1)
    strain = lw.StrainMap(waves, reference=(40, 40, 30, 30), compare=True)
    names = [*(sample.name for sample in lw.list_samples()), *lw.CRYSTALS, "STEM", "STM"]  # they are data
    await strain.settled()
    strain.lay_line()
    strain.find_grains()
    await strain.settled()
    strain.grain = 1
    pages = widget_parts.part(strain, ipw.Tab)
    for number in range(len(pages.children)):
        pages.selected_index = number
    strain.selection = (-0.5, 1.0)
    assert_translated(strain, *names)
    for quantity in ("rotation", "amplitude"):
        strain.quantity = quantity
        assert_translated(strain, *names)
    for reference in (None, "square", lw.Lattice([[8, 0], [0, 8]])):
        strain.reference = reference
        await strain.settled()
        assert_translated(strain, *names)
    strain.place = (1, 1)
    strain.profile = (1, 1, 1, 50)
    assert_translated(strain, *names)
    strain.reference = "graphene"
    await strain.settled()
    assert strain.error.startswith("⟦Á crýstál ás référéncé")
    strain.close()


async def test_explorer() -> None:
    image = lw.simulate_micrograph(
        lw.CRYSTALS["graphene"], lw.Microscope(rows=180, cols=236, dose=1e7), rotation=8
    ).image
    explorer = lw.FFTExplorer(image)
    names = [sample.name for sample in lw.list_samples()]  # they are data
    await explorer.settled()
    assert_translated(explorer, *names)
    explorer.ask_spot(explorer.fit.spots.frequency[0])
    await explorer.settled()
    explorer.spot_off = True
    explorer.pin()
    explorer.study()
    await explorer.settled()
    explorer.d_spacing = 9.0
    assert_translated(explorer, *names)
    explorer.scale, explorer.shear = 12.0, -5.0
    await explorer.settled()
    assert_translated(explorer, *names)
    explorer.source = np.random.default_rng(4).normal(size=(150, 190))
    await explorer.settled()
    assert explorer.fit is None
    assert_translated(explorer, *names)
    explorer.close()


async def test_reader() -> None:
    reader = lw.MicrographReader(source="simulated_graphene_stm")
    await reader.settled()
    names = [sample.name for sample in lw.list_samples()]
    assert_translated(reader, *names, reader.image.attrs.get("title", ""), reader.image.attrs.get("file", ""))
    reader.frame = 3
    await reader.settled()
    assert reader.error.startswith("⟦Théré ís nó frámé 3")
    reader.close()


async def test_movie_scrubber() -> None:
    movie = lw.simulate_beam_damage(8, (128, 160), field_of_view=4.3, seed=4)
    scrubber = lw.MovieScrubber(movie, window_size=64, step=32, n_passes=4, align=True)
    names = ["ws2_beam_damage", *(sample.name for sample in lw.list_samples())]  # they are data
    await scrubber.settled()
    assert_translated(scrubber, *names)
    scrubber.analyze()
    await scrubber.settled()
    assert scrubber.error == ""
    scrubber.window = (0, 1)
    await scrubber.settled()
    for model in ("best", "linear", "exponential", "none"):
        scrubber.model = model
        for of in ("holes", "noise"):
            scrubber.of = of
            await scrubber.settled()
            assert_translated(scrubber, *names)
    scrubber.span = (1000.0, 2000.0)
    await scrubber.settled()
    assert_translated(scrubber, *names)
    scrubber.close()


async def test_beam_energy() -> None:
    beam = lw.BeamEnergy(voltage=90.0)
    await beam.settled()
    sources = [limit.source for limit in THRESHOLDS]
    assert_translated(beam, *sources)
    beam.close()


async def test_training_panel() -> None:
    panel = lw.TrainingPanel(count=60, epochs=2)
    await panel.settled()
    assert_translated(panel)
    panel.train()
    await until(lambda: panel.state == "done" or panel.error, "the end of a short training")
    assert panel.state == "done" or "⟦" in panel.error
    assert_translated(panel)
    panel.close()


async def test_embedding_viewer() -> None:
    viewer = lw.EmbeddingViewer()
    names = [sample.name for sample in lw.list_samples()]  # they are data
    await viewer.settled()
    assert_translated(viewer, *names)
    widget_parts.part(viewer, PointCloud).hovered = 8
    viewer.selection = tuple(range(40))
    viewer.place(lw.simulate_micrograph(lw.CRYSTALS["graphene"], lw.Microscope(rows=150, cols=180, dose=1e7)).image)
    viewer.walk(lw.Lattice.from_parameters(1, 1, 90), lw.Lattice.from_parameters(1, 1, 120), count=4)
    viewer.color_by = "disorder"
    await viewer.settled()
    assert viewer.error == ""
    assert_translated(viewer, *names)
    viewer.close()
