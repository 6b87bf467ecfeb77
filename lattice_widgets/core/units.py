"""The words that files use for lengths and times, and which lengths a pixel can have."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

# As `_plain` writes them: a unit may be any of these words, with "s" behind it where it has three letters or more.
_NANOMETERS = {
    1e-3: ("pm", "picometer", "picometre"),
    0.1: ("Å", "A", "ang", "angstrom", "ångström", "angström", "ångstrøm", "angstrøm", "angstroem"),
    1.0: ("nm", "NM", "nanometer", "nanometre"),
    1e3: ("um", "μm", "micron", "micrometer", "micrometre"),
    1e6: ("mm", "millimeter", "millimetre"),
    1e7: ("cm", "centimeter", "centimetre"),
    2.54e7: ("in", "inch"),
    1e9: ("m", "meter", "metre"),
}
_SECONDS = {
    1e-9: ("ns", "nanosecond"),
    1e-6: ("us", "μs", "microsecond"),
    1e-3: ("ms", "msec", "millisecond"),
    1.0: ("s", "sec", "second"),
    60.0: ("min", "minute"),
    3600.0: ("h", "hour"),
}
_SPECTRAL = ("ev", "kev", "mev", "thz", "ghz", "m/z", "amu", "channel")
_SPECTRAL_NAMES = ("energy", "wavelength", "wavenumber", "lambda", "raman", "channel", "spectr", "frequency", "mass")
# what programs write where an axis only counts
_COUNTED = ("<undefined>", "none", "px", "pixel", "frame", "image", "slice", "index", "count", "number")
_ANGLES = ("rad", "mrad", "radian", "milliradian", "deg", "degree", "°")
# A thousandth of a picometer and a meter: what lies outside is a mistake of the program that wrote it.
_SMALLEST_PIXEL, _LARGEST_PIXEL = 1e-6, 1e9


def _plain(unit: object) -> str:
    """Return a unit without what programs put around it: ``[n_m]`` of EMD files, an escaped ``µm`` of ImageJ."""
    word = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), str(unit or ""))
    # one sign for each letter: Unicode has two for Å and two for µ
    return unicodedata.normalize("NFKC", word).strip(" \t\r\n\0[]()").replace("_", "")


def _factor(unit: object, table: dict[float, tuple[str, ...]]) -> float | None:
    word = _plain(unit)
    for factor, names in table.items():
        # "M" must not become meter nor "MS" millisecond in another sense: short units keep their case.
        if word in names or (len(word) > 2 and word.lower().removesuffix("s") in names):
            return factor
    return None


def length_in_nm(unit: object) -> float | None:
    """Return the length of one `unit` in nm.

    Parameters
    ----------
    unit : object
        What the file says, mostly a word.

    Returns
    -------
    length : float or None
        nm; None if the word is not a length.

    Examples
    --------
    >>> length_in_nm("µm"), length_in_nm("Angstrom"), length_in_nm("[n_m]"), length_in_nm("1/nm")
    (1000.0, 0.1, 1.0, None)
    """
    return _factor(unit, _NANOMETERS)


def time_in_s(unit: object) -> float | None:
    """Return the duration of one `unit` in s.

    Parameters
    ----------
    unit : object
        What the file says, mostly a word.

    Returns
    -------
    duration : float or None
        s; None if the word is not a time.

    Examples
    --------
    >>> time_in_s("ms"), time_in_s("sec"), time_in_s("frames")
    (0.001, 1.0, None)
    """
    return _factor(unit, _SECONDS)


def is_of_diffraction(unit: object) -> bool:
    """Tell whether `unit` is one over a length, or an angle, so that the axis is one of a diffraction pattern.

    Parameters
    ----------
    unit : object
        What the file says, mostly a word.

    Returns
    -------
    diffraction : bool
        True for "1/nm", "nm^-1", "Å⁻¹", "mrad".

    Examples
    --------
    >>> is_of_diffraction("1/nm"), is_of_diffraction("[n_m^-1]"), is_of_diffraction("nm"), is_of_diffraction("1/s")
    (True, True, False, False)
    """
    one_over = _one_over(unit)
    if one_over:
        return length_in_nm(one_over) is not None
    word = _plain(unit).replace(" ", "")
    return word.lower() in _ANGLES or word.lower().removesuffix("s") in _ANGLES


def _one_over(unit: object) -> str:
    """Return the unit that `unit` is one over, however that is written; empty if it is not one over another."""
    # NFKC has made "nm⁻¹" into "nm" with U+2212 and 1
    found = re.fullmatch(r"1/(.+)|(.+?)(?:\^|\*\*)?[({]*[-\u2212]1[)}]*", _plain(unit).replace(" ", ""))
    return (found[1] or found[2]) if found else ""


def is_of_spectrum(unit: object, name: object = "") -> bool:
    """Tell whether an axis is one of energies, wavelengths or channels of a detector, so that it is no time.

    Parameters
    ----------
    unit : object
        What the file says, mostly a word.
    name : object
        Of the axis, where it has one.

    Returns
    -------
    spectrum : bool
        True for "eV", "cm^-1", or a name such as "Wavelength".

    Examples
    --------
    >>> is_of_spectrum("keV"), is_of_spectrum("cm^{-1}"), is_of_spectrum("nm", "Wavelength"), is_of_spectrum("ms", "time")
    (True, True, True, False)
    """
    word = _plain(unit).replace(" ", "").lower()
    of_spectrum = word in _SPECTRAL or word.removesuffix("s") in _SPECTRAL or _one_over(unit) == "cm"
    return of_spectrum or any(part in str(name or "").lower() for part in _SPECTRAL_NAMES)


def only_counts(unit: object) -> bool:
    """Tell whether a unit says nothing but that pixels or frames are counted.

    Parameters
    ----------
    unit : object
        What the file says, mostly a word.

    Returns
    -------
    counts : bool
        True for None, "", "px", "frames".

    Examples
    --------
    >>> only_counts("pixels"), only_counts(None), only_counts("mV")
    (True, True, False)
    """
    word = _plain(unit)
    return not word or word.lower().removesuffix("s") in _COUNTED


def not_a_time(unit: object, name: object = "") -> str:
    """Return the note for frames that are numbered along something else than time.

    Parameters
    ----------
    unit : object
        What the file says.
    name : object
        Of the axis, where it has one.

    Returns
    -------
    note : str
        Empty where the unit is a time, or none at all.
    """
    if only_counts(unit) or time_in_s(unit) is not None:
        return ""
    return f"the file orders its frames by {str(name or '') or 'an axis'} in {_plain(unit)}, which is no time"


def pixel_size_or_none(height: float, width: float) -> tuple[float, float] | None:
    """Return a pixel size if it is one.

    Parameters
    ----------
    height, width : float
        nm; the sign does not count.

    Returns
    -------
    pixel_size : tuple of float or None
        (height, width) in nm; None unless both lie between 1e-6 nm and 1 m.
    """
    height, width = abs(float(height)), abs(float(width))
    fits = all(_SMALLEST_PIXEL <= size <= _LARGEST_PIXEL for size in (height, width))
    return (height, width) if fits else None


def told_pixel_size(height: float, width: float, notes: list[str]) -> tuple[float, float] | None:
    """Return a pixel size if it is one, and otherwise add a note of what the file says.

    Parameters
    ----------
    height, width : float
        nm.
    notes : list of str
        Grows by a sentence if the file gives two sizes that no pixel has.

    Returns
    -------
    pixel_size : tuple of float or None
        As from `pixel_size_or_none`.
    """
    pixel_size = pixel_size_or_none(height, width)
    if pixel_size is None:
        height, width = abs(float(height)), abs(float(width))
        if np.isfinite([height, width]).all() and height > 0 < width:
            notes.append(f"a pixel of {height:.3g} nm x {width:.3g} nm, as the file says, is none: coordinates in px")
    return pixel_size


def not_a_length(unit: object, name: str = "") -> str:
    """Return the note for an axis that is in something else than a length.

    Parameters
    ----------
    unit : object
        What the file says.
    name : str
        Of the axis, where it has one.

    Returns
    -------
    note : str
        It says that the picture is a diffraction pattern where the unit tells.
    """
    pattern = "this is a diffraction pattern: " if is_of_diffraction(unit) else ""
    return f"{pattern}{f'axis {name}' if name else 'the scale'} is in {str(unit)!r}, not a length: coordinates in px"
