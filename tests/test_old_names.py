"""Old names still work, and warn with the new one."""

import importlib

import pytest

from lattice_widgets.old_names import RENAMED


@pytest.mark.parametrize(("module", "old"), [(module, old) for module, names in RENAMED.items() for old in names])
def test_an_old_name_is_the_new_thing_and_warns(module: str, old: str) -> None:
    home = importlib.import_module(module)
    new = RENAMED[module][old]
    assert old not in vars(home)
    with pytest.warns(DeprecationWarning, match=f"now called `{new}`"):
        found = getattr(home, old)
    assert found is getattr(home, new)


@pytest.mark.parametrize("module", sorted(RENAMED))
def test_what_never_was_is_not_there(module: str) -> None:
    home = importlib.import_module(module)
    with pytest.raises(AttributeError, match="has no attribute 'never_was'"):
        getattr(home, "never_was")  # noqa: B009
