"""The words that say which crystal it could be."""

from lattice_widgets.core.lattices.known.candidates import Candidate
from lattice_widgets.core.measured import with_error
from lattice_widgets.language import N_, _
from lattice_widgets.views.shared.escaping import in_html

TITLE = N_("Which crystal could it be?")
NO_LATTICE = N_("No lattice is found, so there is no crystal to compare it with.")
HOW = N_(
    "Choose a line to lay that crystal over the pictures. Many crystals have nearly the same cell: this list is no proof. Tell "
    "the elements if you know them."
)


def line_of(candidate: Candidate, in_nm: bool) -> str:
    """Return the line of a crystal in the list: its name, how likely it is, and the pixel size that it implies."""
    percent = 100 * candidate.probability
    said = f"{percent:.0f} %" if percent >= 1 else "<1 %"
    scale = f"× {candidate.scale:.3f}" if in_nm else f"{candidate.scale:.4g} nm/px"
    return f"{candidate.name}  ·  {said}  ·  {scale}"


def describe_candidate(candidate: Candidate, pixel_size: float | None) -> str:
    """Say the cell of a crystal, how far the picture is from it, and which pixel size it implies."""
    cell = candidate.cell
    words = _(
        "<b>{name}</b>: a = {a:.4f} nm, b = {b:.4f} nm, γ = {gamma:.1f}°. The picture is {sigmas:.1f} standard deviations off. "
        "If this is the crystal, a pixel is {size} long."
    )
    size = pixel_size or 1.0
    text = words.format(
        name=in_html(cell.name),
        a=cell.a,
        b=cell.b,
        gamma=cell.gamma,
        sigmas=candidate.sigmas,
        size=with_error(candidate.scale * size, candidate.scale_error * size, "nm"),
    )
    origin = f"{cell.crystal}; {cell.source}" if cell.crystal else cell.source
    return f"{text} <i>{in_html(origin)}</i>"
