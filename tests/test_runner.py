"""The newest request wins, nothing is left over, and no error is lost: with threads, and without as in a browser."""

import asyncio
import queue
import threading
import time
from collections.abc import Iterator

import pytest

from lattice_widgets.runner import Background, NewestWins, newest_wins, ways
from tests.patience import PATIENCE, until, wait_for


@pytest.fixture(autouse=True, params=["threads", "turns"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to compute; in turns of the event loop no thread may be started."""
    monkeypatch.setattr(ways, "HAS_THREADS", request.param == "threads")
    if request.param == "turns":
        monkeypatch.setattr(ways, "ThreadPoolExecutor", None)
    return request.param


class Watched:
    """A runner whose answers, errors and busy states are written down."""

    def __init__(self, compute) -> None:
        self.answers: list = []
        self.errors: list[Exception] = []
        self.busy: list[bool] = []
        self.threads: set[int] = set()
        self.runner = NewestWins(compute, self.take, self.errors.append, self.busy.append)

    def take(self, answer) -> None:
        self.threads.add(threading.get_ident())
        self.answers.append(answer)


async def test_a_hand_that_moves_faster_than_answers_are_pushed_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer waits until the last one is drawn; the one that takes its place meanwhile must not wait all over again."""
    monkeypatch.setattr(newest_wins, "MIN_INTERVAL", 0.5)

    def quick_then_slow(number: int) -> Iterator[str]:
        yield f"quick {number}"
        for _ in range(100):
            yield "slow"

    watched = Watched(quick_then_slow)
    for number in range(30):
        watched.runner.submit(number)
        await asyncio.sleep(0.2)
        if len(set(watched.answers)) > 3:
            break
    watched.runner.close()
    assert len(set(watched.answers)) > 3, watched.answers


async def test_the_newest_request_wins_and_the_first_is_not_starved(way: str) -> None:
    started, go = threading.Event(), threading.Event()

    def slow(number: int) -> int:
        started.set()
        if way == "threads":  # in turns, nobody could set it meanwhile
            go.wait(PATIENCE)
        return number

    watched = Watched(slow)
    watched.runner.submit(0)
    assert way == "turns" or started.wait(PATIENCE)
    for number in range(1, 50):
        watched.runner.submit(number)
    go.set()
    await watched.runner.settled()
    # 0 was given up because 1 had come before it was done; of the rest only the last was ever begun
    assert watched.answers == [49]
    assert watched.busy == [True, False]
    assert watched.threads == {threading.get_ident()}, "an answer was applied away from the event loop"


async def test_a_newer_request_stops_a_generator_between_partial_answers(way: str) -> None:
    reached: list[tuple[str, int]] = []
    go = threading.Event()

    def steps(name: str) -> Iterator[tuple[str, int]]:
        for number in range(5):
            reached.append((name, number))
            yield name, number
            if name == "old" and way == "threads":
                go.wait(PATIENCE)

    watched = Watched(steps)
    watched.runner.submit("old")
    await until(lambda: watched.answers, "the first step")
    watched.runner.submit("new")
    go.set()
    await watched.runner.settled()
    assert watched.answers == [("old", 0)] + [("new", number) for number in range(5)]
    assert ("old", 4) not in reached


async def test_an_error_is_told_and_the_runner_goes_on() -> None:
    watched = Watched(lambda number: 1 / number)
    watched.runner.submit(0)
    await watched.runner.settled()
    assert [type(error) for error in watched.errors] == [ZeroDivisionError]
    watched.runner.submit(4)
    await watched.runner.settled()
    assert watched.answers == [0.25]
    assert watched.busy == [True, False, True, False]


async def test_an_error_while_applying_is_told() -> None:
    errors: list[Exception] = []
    runner = NewestWins(lambda number: number, lambda answer: answer.nothing, errors.append, lambda busy: None)
    runner.submit(1)
    await runner.settled()
    assert [type(error) for error in errors] == [AttributeError]


@pytest.mark.parametrize("end", ["cancel", "close"])
async def test_in_turns_nothing_arrives_after_close_or_cancel(end: str, way: str) -> None:
    """Given up between two turns, and before the first."""
    reached: list[int] = []

    def steps(first: int) -> Iterator[int]:
        for number in range(first, first + 5):
            reached.append(number)
            yield number

    watched = Watched(steps)
    watched.runner.submit(0)
    if way == "turns":
        assert reached == [], "computed while whoever asked was waiting"
        await until(lambda: watched.answers, "the first step")
    getattr(watched.runner, end)()
    before = list(watched.answers)
    await watched.runner.settled()
    assert watched.answers == before
    assert len(reached) < 5 or way == "threads"
    watched.runner.submit(10)
    getattr(watched.runner, end)()
    await watched.runner.settled()
    assert watched.answers == before


async def test_the_event_loop_is_free_between_partial_answers() -> None:
    """What a page sends is taken between two of them, and its answer comes without those that are no longer wanted."""

    def steps(number: int) -> Iterator[tuple[int, int]]:
        yield from ((number, part) for part in range(4))

    watched = Watched(steps)
    loop = asyncio.get_running_loop()
    watched.take, taken = watched.answers.append, watched.take

    def take(answer: tuple[int, int]) -> None:
        taken(answer)
        if answer == (1, 0):
            loop.call_soon(watched.runner.submit, 2)

    watched.runner = NewestWins(steps, take, watched.errors.append, watched.busy.append)
    watched.runner.submit(1)
    await watched.runner.settled()
    first = [answer for answer in watched.answers if answer[0] == 1]
    assert 1 <= len(first) <= 3
    assert watched.answers[len(first) :] == [(2, part) for part in range(4)]


async def test_asking_again_while_an_answer_is_applied() -> None:
    watched = Watched(lambda number: number)

    def take(answer: int) -> None:
        watched.answers.append(answer)
        watched.runner.catch_up()  # a widget that is drawn from an observer
        if answer < 3:
            watched.runner.submit(answer + 1)

    watched.runner = NewestWins(lambda number: number, take, watched.errors.append, watched.busy.append)
    watched.runner.submit(1)
    await watched.runner.settled()
    assert watched.answers == [1, 2, 3]
    assert watched.errors == []
    # catching up finds nothing left when the thread was quicker than the observer, which then asks once more
    assert watched.busy == [True, False] * (len(watched.busy) // 2)
    assert 1 <= len(watched.busy) // 2 <= 3


async def test_work_that_was_waiting_is_not_begun_after_background_is_closed(way: str) -> None:
    background, done = Background(lambda problem: None), []
    if way == "threads":
        go = threading.Event()
        background.start(lambda: go.wait(PATIENCE), lambda problem: None)
    background.start(lambda: done.append(1), lambda problem: None)
    background.close()
    if way == "threads":
        go.set()
    await asyncio.sleep(0.1)
    assert done == []


async def test_nothing_arrives_after_close_or_cancel(way: str) -> None:
    if way == "turns":
        pytest.skip("computing blocks the event loop: see test_in_turns_nothing_arrives_after_close_or_cancel")
    started: queue.Queue[int] = queue.Queue()
    go: queue.Queue[int] = queue.Queue()

    def slow(number: int) -> int:
        started.put(number)
        return go.get(timeout=PATIENCE)

    watched = Watched(slow)
    watched.runner.submit(1)
    assert started.get(timeout=PATIENCE) == 1
    watched.runner.cancel()
    go.put(1)
    await watched.runner.settled()
    assert watched.answers == []
    watched.runner.submit(2)
    assert started.get(timeout=PATIENCE) == 2
    watched.runner.close()
    watched.runner.submit(3)
    go.put(2)
    await watched.runner.settled()
    await asyncio.sleep(0.1)
    assert started.empty(), "what was asked after the end was begun"
    assert watched.answers == []


def test_nothing_is_computed_after_close_without_an_event_loop() -> None:
    watched = Watched(lambda number: number)
    watched.runner.close()
    watched.runner.submit(1)
    assert watched.answers == []
    assert watched.busy == []


def test_without_an_event_loop_everything_is_computed_at_once() -> None:
    watched = Watched(lambda number: number * 2)
    watched.runner.submit(21)
    assert watched.answers == [42]
    assert watched.busy == [True, False]


async def test_requests_from_another_thread_s_loop_are_answered_there() -> None:
    """ipykernel handles widget messages in subshells: threads with event loops of their own."""
    watched = Watched(lambda number: number)
    inside: list[int] = []

    async def subshell() -> None:
        inside.append(threading.get_ident())
        watched.runner.submit(7)
        await watched.runner.settled()

    thread = threading.Thread(target=lambda: asyncio.run(subshell()))
    thread.start()
    await until(lambda: not thread.is_alive(), "the end of the other loop")
    assert watched.answers == [7]
    assert watched.threads == set(inside)


@pytest.mark.parametrize("problem", [None, ValueError("no")])
async def test_background_tells_the_end_on_the_event_loop(problem: Exception | None) -> None:
    background = Background(lambda problem: None)
    told: asyncio.Future = asyncio.get_running_loop().create_future()

    def job() -> None:
        if problem:
            raise problem

    background.start(job, lambda error: told.set_result((error, threading.get_ident())))
    assert await asyncio.wait_for(told, PATIENCE) == (problem, threading.get_ident())
    background.close()


async def test_who_holds_the_event_loop_up_can_have_the_answers_before() -> None:
    watched = Watched(lambda number: (number + step for step in (0, 1)))
    watched.runner.submit(1)
    wait_for(watched.runner.catch_up, "both answers", every=0.005)  # the event loop does not run meanwhile
    assert watched.answers == [1, 2]
    assert watched.busy == [True, False]
    await watched.runner.settled()
    await asyncio.sleep(0.05)
    assert watched.answers == [1, 2], "an answer was applied twice"


async def test_answers_for_another_thread_s_loop_are_not_taken_here() -> None:
    watched = Watched(lambda number: number)
    inside: list[int] = []

    async def subshell() -> None:
        inside.append(threading.get_ident())
        watched.runner.submit(7)
        time.sleep(0.1)  # held up: its answer waits
        await watched.runner.settled()

    thread = threading.Thread(target=lambda: asyncio.run(subshell()))
    thread.start()
    await until(lambda: (watched.runner.catch_up(), not thread.is_alive())[1], "the end of the other loop")
    assert watched.answers == [7]
    assert watched.threads == set(inside)
