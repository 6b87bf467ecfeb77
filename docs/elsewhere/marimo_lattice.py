"""A marimo notebook with the views of the kit: ``marimo run marimo_lattice.py``."""

import marimo

app = marimo.App(width="medium", app_title="Which lattice is this?")


@app.cell
def _():
    import marimo as mo

    import lattice_widgets as lw

    return lw, mo


@app.cell
def _(lw, mo):
    crystal = mo.ui.dropdown(sorted(lw.CRYSTALS), value="graphene", label="crystal")
    rotation = mo.ui.slider(0, 60, value=10, label="rotation [degrees]", debounce=True)
    mo.hstack([crystal, rotation], justify="start")
    return crystal, rotation


@app.cell
def _(crystal, lw, mo, rotation):
    micrograph = lw.simulate_micrograph(lw.CRYSTALS[crystal.value], rotation=float(rotation.value))
    canvas = lw.views.PictureCanvas(title="Drag the window, size it by its edges", window=(40, 40, 160, 160))
    canvas.show(micrograph.image, pixel_size=micrograph.pixel_size)
    picture = mo.ui.anywidget(canvas)
    return micrograph, picture


@app.cell
def _(lw, micrograph, mo, picture):
    row, col, height, width = picture.value["window"]
    window = micrograph.image[row : row + height, col : col + width]
    size = micrograph.pixel_size
    found = lw.spectrum(window, size)
    transform = lw.views.PictureCanvas(title="Fourier transform of the window", origin="center", color_map="inferno")
    transform.show(found.magnitude, percentiles=(30, 99.9), scale="log", pixel_size=found.steps, unit=found.unit)
    mo.hstack([picture, mo.ui.anywidget(transform)], justify="start", wrap=True)
    return size, window


@app.cell
def _(lw, mo, size, window):
    verdict = lw.name_lattice(window, size)
    try:
        fit = lw.fit_lattice(window, size)
    except lw.LatticeNotFound as error:
        cell = str(error)
    else:
        a, b = lw.with_error(fit.a, fit.a_error), lw.with_error(fit.b, fit.b_error)
        cell = f"a = {a} nm, b = {b} nm, γ = {lw.with_error(fit.gamma, fit.gamma_error)}°"
    mo.md(f"**{verdict}**. {cell}\n\n" + " ".join(map(str, verdict.reasons)))
    return


if __name__ == "__main__":
    app.run()
