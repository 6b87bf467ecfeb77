"""The simulator's traits, without a browser: what goes in comes out as physics says."""

import json
from collections.abc import Iterator

import ipywidgets as ipw
import numpy as np
import pytest
import traitlets as t
from IPython.core.formatters import DisplayFormatter

import lattice_widgets as lw
from lattice_widgets.widgets.parts.texts import describe_lattice
from lattice_widgets.widgets.simulator.widget import FREE, PAGES, LatticeSimulator
from tests.widget_parts import named, words


@pytest.fixture
async def simulator():
    widget = LatticeSimulator(rows=96, cols=128, field_of_view=2.5)
    await widget.settled()
    yield widget
    widget.close()


async def test_it_starts_with_a_picture_its_lattice_and_an_answer(simulator: LatticeSimulator) -> None:
    assert simulator.error == ""
    assert simulator.image.shape == (96, 128)
    assert simulator.picture_lattice.bravais_type() == "hexagonal"
    assert sum(simulator.probabilities) == pytest.approx(1, abs=1e-4)
    assert simulator.message.startswith("The lattice is hexagonal (a = 0.2461 nm)")


async def test_what_it_shows_is_what_the_core_computes(simulator: LatticeSimulator) -> None:
    with simulator.hold_trait_notifications():
        simulator.disorder, simulator.rotation, simulator.seed = 0.1, 33.0, 7
    await simulator.settled()
    same = lw.simulate_micrograph(
        lw.CRYSTALS["graphene"],
        simulator.request().microscope,
        lw.Imperfections(disorder=0.1),
        rotation=33.0,
        seed=7,
    )
    assert np.array_equal(simulator.image, same.image)
    expected = lw.load_classifier().predict(same.image)[0]
    assert simulator.probabilities == pytest.approx(tuple(expected.tolist()))


@pytest.mark.parametrize(
    ("kind", "b", "gamma"),
    [("square", 0.3, 90), ("hexagonal", 0.3, 120), ("rectangular", 0.4, 90), ("centered rectangular", 0.3, 100)],
)
async def test_a_type_locks_what_it_fixes(simulator: LatticeSimulator, kind: str, b: float, gamma: float) -> None:
    simulator.a, simulator.b, simulator.gamma = 0.3, 0.4, 100.0
    simulator.bravais_type = kind
    await simulator.settled()
    assert (simulator.a, simulator.b, simulator.gamma) == (0.3, b, gamma)
    assert simulator.picture_lattice.bravais_type(0.1, 0.1) == kind
    assert named(simulator, "b [nm]").disabled == (kind not in ("rectangular",))
    assert named(simulator, "γ [°]").disabled == (kind != "centered rectangular")
    simulator.a = 0.5
    assert simulator.b == (0.4 if kind == "rectangular" else 0.5)
    simulator.bravais_type = FREE
    assert not named(simulator, "b [nm]").disabled
    assert not named(simulator, "γ [°]").disabled


async def test_without_a_lock_the_type_follows_the_numbers(simulator: LatticeSimulator) -> None:
    simulator.gamma = 90.0
    await simulator.settled()
    assert simulator.message.startswith("The lattice is square")
    simulator.b = 0.2461 * 1.03
    await simulator.settled()
    assert "3 % strain from square" in simulator.message


async def test_drift_changes_the_picture_and_not_the_crystal(simulator: LatticeSimulator) -> None:
    simulator.drift_right = 0.1
    await simulator.settled()
    assert simulator.crystal_lattice.bravais_type() == "hexagonal"
    assert simulator.picture_lattice.bravais_type() == "oblique"
    assert "The crystal is hexagonal" in simulator.message
    assert "the lattice of the picture oblique" in simulator.message


async def test_every_crystal_can_be_chosen(simulator: LatticeSimulator) -> None:
    for name, crystal in lw.CRYSTALS.items():
        simulator.crystal = name
        await simulator.settled()
        assert simulator.error == ""
        assert simulator.picture_lattice.bravais_type(0.1, 0.1) == crystal.bravais_type("STEM"), name
        assert (simulator.a, simulator.b, simulator.gamma) == (crystal.a, crystal.b, crystal.gamma)


async def test_an_impossible_setting_is_told_and_the_last_picture_stays(simulator: LatticeSimulator) -> None:
    before = simulator.image
    simulator.line_time, simulator.drift_down = 0.2, 0.5
    simulator.field_of_view = 0.5
    await simulator.settled()
    assert "drifts as fast as the scan" in simulator.error
    assert "drifts as fast as the scan" in words(simulator)
    assert simulator.image.shape == before.shape
    simulator.drift_down = 0.0
    await simulator.settled()
    assert simulator.error == ""
    assert "drifts as fast" not in words(simulator)


async def test_the_crystal_and_type_of_the_first_moment_count() -> None:
    widget = LatticeSimulator(crystal="Si [110]", rows=64, cols=80)
    assert (widget.a, widget.b) == (lw.CRYSTALS["Si [110]"].a, lw.CRYSTALS["Si [110]"].b)
    widget.close()
    widget = LatticeSimulator(crystal="Si [110]", a=0.4, bravais_type="square", rows=64, cols=80)
    await widget.settled()
    assert (widget.a, widget.b, widget.gamma) == (0.4, 0.4, 90.0)
    assert widget.message.startswith("The lattice is ")
    widget.close()


async def test_unknown_names_and_values_that_do_not_fit_are_refused() -> None:
    with pytest.raises(TypeError, match=r"no setting 'gama'\. Did you mean 'gamma'\?"):
        LatticeSimulator(gama=3)
    with pytest.raises(t.TraitError, match="gamma"):
        LatticeSimulator(gamma=200.0)
    with pytest.raises(t.TraitError, match="gamma must be a finite number, not nan"):
        LatticeSimulator(gamma=float("nan"))
    with pytest.raises(t.TraitError, match="crystal"):
        LatticeSimulator(crystal="kryptonite")


async def test_nan_is_refused_and_the_value_stays(simulator: LatticeSimulator) -> None:
    with pytest.raises(t.TraitError, match="a must be a finite number, not nan"):
        simulator.a = float("nan")
    await simulator.settled()
    assert (simulator.a, simulator.error) == (0.2461, "")


async def test_results_cannot_be_set(simulator: LatticeSimulator) -> None:
    with pytest.raises(t.TraitError):
        simulator.image = np.zeros((3, 3))


async def test_a_notebook_keeps_a_picture_and_no_large_buffers(simulator: LatticeSimulator) -> None:
    bundle, _metadata = DisplayFormatter().format(simulator)
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == simulator.model_id
    assert len(bundle["image/png"]) > 1000
    assert len(json.dumps(bundle)) < 300_000


async def test_a_closed_widget_leaves_none_of_its_parts_behind() -> None:
    from ipywidgets.widgets.widget import _instances

    # what all widgets share, such as the default layout of a slider's handle, may stay
    LatticeSimulator(rows=64, cols=80).close()
    before = len(_instances)
    for _ in range(3):
        widget = LatticeSimulator(rows=64, cols=80)
        await widget.settled()
        widget.close()
    assert len(_instances) <= before + 5


async def test_every_control_says_what_it_does(simulator: LatticeSimulator) -> None:
    for name, trait in simulator.traits(request=True).items():
        assert trait.help, name
        assert trait.metadata.get("label"), name


@pytest.mark.parametrize(("b", "said"), [(0.33, "10 % strain"), (0.6, "100 % strain"), (0.7, "133 % strain")])
def test_large_strains_are_numbers_that_one_can_read(b: float, said: str) -> None:
    # the stretch from 0.3 to b in a square lattice of the same area is b / 0.3 along one direction
    assert f"{said} from square" in describe_lattice(lw.Lattice.from_parameters(0.3, b, 90))


def _other_value(trait: t.TraitType, value: object) -> object:
    """A value of a trait that is not the one it has."""
    if isinstance(trait, t.Enum):
        return next(choice for choice in trait.values if choice != value)
    if isinstance(trait, t.Int):
        return trait.max if value != trait.max else trait.min
    return trait.min + 0.7 * (trait.max - trait.min)


async def test_every_slider_is_shown_and_changes_what_is_asked(simulator: LatticeSimulator) -> None:
    traits = simulator.traits(request=True)
    assert set(traits) <= set(simulator.traits(page=lambda page: page in PAGES))
    for name, trait in traits.items():
        before = simulator.request()
        if name == "classifier":  # a network that is not loaded yet is not asked
            continue
        setattr(simulator, name, _other_value(trait, getattr(simulator, name)))
        assert simulator.request() != before, name
    shown = {part for tab in _walk(simulator) if isinstance(tab, ipw.Tab) for part in _walk(tab)}
    classes = {name for part in shown if isinstance(part, ipw.DOMWidget) for name in part._dom_classes}
    assert {f"lattice-widgets-{name.replace('_', '-')}" for name in traits} <= classes


async def test_the_pages_keep_the_order_in_which_the_settings_are_written(simulator: LatticeSimulator) -> None:
    tab = next(part for part in _walk(simulator) if isinstance(part, ipw.Tab))
    first = [part.description for part in tab.children[0].children]
    sliders = ["a [nm]", "b [nm]", "γ [°]", "rotation [°]"]
    shown = ["show the reciprocal lattice", "show the unit cell", "show the atoms of the cell"]
    assert first == ["crystal", "keep it", *sliders, *shown]


def _walk(widget: ipw.Widget) -> Iterator[ipw.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _walk(child)
