"""What the training panel says."""

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.language import N_, _

#: in this order: the words of a stage, by its name in the lines of `lattice_widgets.training.watched`
STAGES = {
    "ready": N_("Press train: the network then learns in a program of its own, and this page stays alive."),
    "starting": N_("Loading Keras …"),
    "simulating": N_("Simulating pictures: {done} of {total} …"),
    "learning": N_("Learning: epoch {done} of {total} …"),
    "stopped": N_("Stopped. Press go on, and it goes on from here."),
    "done": N_("Done: of {total} pictures that it had never learned from, it names {right:.1f} % right."),
}
IN_BROWSER = N_("Training needs Keras and TensorFlow, which Python in a browser does not have.")
MISSING = N_(
    'Training needs Keras and TensorFlow, which are not installed here: run pip install "lattice-widgets[train]" '
    "in a terminal, then press train again."
)
NOT_STARTED = N_("The program that trains cannot be started: {reason}.")
FAILED = N_("The training failed: {reason}. Press train to begin anew.")
ENDED = N_(
    "The training ended before its time (exit status {status}): perhaps memory ran out. Press train to begin anew."
)
CONFUSION = N_("What it took for what")


def plan(count: int, validation: int, epochs: int) -> str:
    """Return what the settings mean, in a sentence."""
    words = _(
        "{training} simulated pictures to learn from, each once in every epoch, {epochs} times; {validation} others to check. "
        "The paper had 24,000 in all."
    )
    return words.format(training=count - validation, validation=validation, epochs=epochs)


def labels() -> list[str]:
    """Return the names of the classes."""
    return [_(name) for name in CLASSES]
