"""The lines that repeat what was computed, by public names only: notebooks keep them for years."""

from collections.abc import Sequence
from typing import Any

__all__ = ["code_of", "picture_lines"]


def picture_lines(
    reads: str, pixel_size: Any = None, frame: int | None = None, resampled: bool = False, after: str = ""
) -> str:
    """Return the lines that make ``picture``.

    Parameters
    ----------
    reads : str
        An expression: what reads it.
    pixel_size : float, tuple or str, optional
        What was given by hand.
    frame : int, optional
        Which picture of a movie.
    resampled : bool
        Whether its pixels are not square and are made so.
    after : str
        A comment.
    """
    reads = reads if pixel_size is None else f"lw.calibrate({reads}, {pixel_size!r})"
    take = "" if frame is None else f"[{frame}]"
    made = f"picture = {reads}{take}{after}"
    return f"{made}\npicture = lw.square_pixels(picture)" if resampled else made


def code_of(
    source: str,
    window: Sequence[int],
    scale: float,
    shear: float,
    spot: Sequence[float],
    width: float | None,
    classifier: str = "default",
) -> str:
    """Return the lines that repeat a view without the widget, by public names only: notebooks keep them for years."""
    row, col, height, width_px = window
    network = "" if classifier == "default" else repr(classifier)
    lines = [
        "import lattice_widgets as lw",
        "",
        source,
        'pixel_size = picture.attrs.get("pixel_size")',
        f"window = picture.values[{row}:{row + height}, {col}:{col + width_px}]",
    ]
    if scale or shear:
        lines.append(f"window = lw.correct_image(window, scale={scale:.9g}, shear={shear:.9g})")
    if spot:
        lines.append(f"window = window - lw.fringes(window, ({spot[0]!r}, {spot[1]!r}), width={width!r})")
    lines += [
        f"print(dict(zip(lw.CLASSES, lw.load_classifier({network}).predict(window)[0].astype(float).round(3).tolist())))",
        "fit = lw.fit_lattice(window, pixel_size)",
        "numbers = [(fit.a, fit.a_error, fit.unit), (fit.b, fit.b_error, fit.unit), (fit.gamma, fit.gamma_error, '°')]",
        "print(fit.bravais_type, *(lw.with_error(*each) for each in numbers), sep=', ')",
    ]
    return "\n".join(lines)
