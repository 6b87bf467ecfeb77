"""Write a measured number with its error, and with no more digits than the error allows."""

from math import floor, isfinite, log10

__all__ = ["with_error"]


def with_error(value: float, error: float, unit: str = "") -> str:
    """Return a number and its error as text, rounded by the rule of the Particle Data Group.

    The error keeps two digits if these are 10 to 35, and one digit otherwise; the number ends at the same decimal place.

    Parameters
    ----------
    value : float
        The number.
    error : float
        Its standard deviation, in the same unit. If it is not finite or not positive, the number is given with four digits
        and without an error.
    unit : str
        What follows, such as "nm".

    Returns
    -------
    str
        Such as "0.3897 ± 0.0006 nm".

    References
    ----------
    Particle Data Group, Review of Particle Physics, Introduction, section 5.3 (rounding).

    Examples
    --------
    >>> with_error(0.38969, 0.00064, "nm")
    '0.3897 ± 0.0006 nm'
    >>> with_error(90.058, 0.131), with_error(1234.5, 96.2), with_error(0.0277, float("inf"))
    ('90.06 ± 0.13', '1230 ± 100', '0.0277')
    >>> with_error(-0.0003, 0.02)
    '0.000 ± 0.020'
    """
    end = f" {unit}" if unit else ""
    if not (isfinite(value) and isfinite(error) and error > 0):
        return f"{value:.4g}{end}"
    exponent = floor(log10(error))
    leading = round(error / 10.0 ** (exponent - 2))  # the first three digits, 100 to 1000
    # 950 and more are rounded up to 1000, of which two digits stay
    place = exponent - 1 if leading <= 354 else exponent
    if place >= 0:
        step = 10**place
        return f"{step * round(value / step):.0f} ± {step * round(error / step):.0f}{end}"
    if abs(value) >= 1e-3 or value == 0 or place >= -6:
        # plus zero: no minus before a zero
        return f"{round(value, -place) + 0.0:.{-place}f} ± {error:.{-place}f}{end}"
    power = floor(log10(abs(value)))
    digits = max(0, power - place)
    return f"({value / 10.0**power:.{digits}f} ± {error / 10.0**power:.{digits}f})e{power}{end}"
