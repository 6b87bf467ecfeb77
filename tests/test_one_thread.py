"""Small products keep to one processor while they run, and leave the others as they were."""

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import lattice_widgets as lw
from lattice_widgets.core.geometry import lattice_fit
from lattice_widgets.one_thread import each_part, one_thread


def processors() -> set[int]:
    """Return how many processors the libraries of BLAS use."""
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture
def two_processors():
    one_thread.__enter__()  # whoever came first before is not who decides
    one_thread.__exit__()
    with threadpool_limits(2, user_api="blas"):
        yield


def test_within_one_and_then_as_before(two_processors: None) -> None:
    with one_thread:
        with one_thread:
            assert processors() == {1}
        assert processors() == {1}
    assert processors() == {2}


def test_the_last_of_several_threads_gives_them_back(two_processors: None) -> None:
    inside, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with one_thread:
            inside.set()
            leave.wait(60)

    other = threading.Thread(target=stay)
    other.start()
    assert inside.wait(60)
    try:
        with one_thread:
            pass
        assert processors() == {1}
    finally:
        leave.set()
        other.join()
    assert processors() == {2}


def test_whoever_comes_first_may_leave_first(two_processors: None) -> None:
    inside, go_on, seen = threading.Event(), threading.Event(), []

    def stay() -> None:
        with one_thread:
            inside.set()
            go_on.wait(60)
        seen.append(processors())

    first = threading.Thread(target=stay)
    first.start()
    assert inside.wait(60)
    with one_thread:
        go_on.set()
        first.join()
        assert seen == [{1}]
    assert processors() == {2}
    with one_thread:
        again = threading.Thread(target=lambda: seen.append(processors()))
        again.start()
        again.join()
    assert seen == [{1}, {1}]


def test_a_fit_keeps_to_one(two_processors: None, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, finish = [], lattice_fit.finished_fit
    monkeypatch.setattr(lattice_fit, "finished_fit", lambda *given: (seen.append(processors()), finish(*given))[1])
    with pytest.raises(ValueError, match="finite"):
        lw.fit_lattice([[float("nan")] * 32] * 32)
    lw.fit_lattice(lw.simulate_micrograph(lw.CRYSTALS["graphene"]).image)
    assert seen == [{1}]
    assert processors() == {2}


def test_many_are_shared_out_and_few_are_not(two_processors: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))
    meet = threading.Barrier(2)

    def alone(part: int) -> int:
        assert processors() == {1}
        return part * part

    def together(part: int) -> int:
        meet.wait(60)  # returns only where another thread waits too
        return alone(part)

    assert each_part(together, range(4), 1000) == [0, 1, 4, 9]
    assert each_part(alone, range(4), 4) == [0, 1, 4, 9]
    monkeypatch.setattr("os.getloadavg", lambda: (99.0, 99.0, 99.0))
    assert each_part(lambda part: threading.get_ident(), range(4), 1000) == [threading.get_ident()] * 4
    assert processors() == {2}


def test_what_goes_wrong_in_a_part_is_told(two_processors: None) -> None:
    with pytest.raises(ZeroDivisionError):
        each_part(lambda part: 1 // part, range(4), 1000)
    assert processors() == {2}
