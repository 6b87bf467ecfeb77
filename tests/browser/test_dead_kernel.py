"""A kernel that ends under a page: the page says so, keeps what was set, and brings it to the widget of the next kernel."""

import os
import signal

from .gestures import drag_slider, wait_until
from .lab import Lab
from .lab_server import LabServer

CELL = """
import lattice_widgets as lw
simulator = lw.LatticeSimulator(crystal="graphene", rows=96, cols=96)
simulator
"""
_RUN = """code => { const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
    kernel.requestExecute({ code, silent: true }) }"""


def test_the_page_says_that_the_kernel_ended_and_brings_the_settings_back(lab: Lab, lab_server: LabServer) -> None:
    page = lab.open([CELL])
    lab.run_all()
    drag_slider(page, "rotation [°]", 0.7, seconds=0.3)
    wait_until(page, lambda: lab.python("simulator.rotation") > 20, "the slider's value")
    rotation = lab.python("simulator.rotation")
    lines = page.locator(".lattice-widgets-kernel")
    # a cell that takes its time: the page wonders, and takes it back when the kernel answers
    go_on = lab.path.with_suffix(".go-on")
    page.evaluate(_RUN, f"import os, time\nwhile not os.path.exists({str(go_on)!r}): time.sleep(0.05)")
    drag_slider(page, "rotation [°]", 0.6, seconds=0.3)
    lines.wait_for()
    assert "it is busy with another cell, or it has ended" in lines.inner_text()
    lab.screenshot("kernel-does-not-answer")
    go_on.touch()
    lines.wait_for(state="detached")
    wait_until(page, lambda: lab.python("simulator.rotation") != rotation, "the value that waited")
    rotation = lab.python("simulator.rotation")

    os.kill(lab.python("__import__('os').getpid()"), signal.SIGKILL)
    dialog = page.locator(".jp-Dialog button.jp-mod-accept")
    page.wait_for_timeout(4000)  # JupyterLab starts another kernel by itself
    if dialog.count():
        dialog.first.click()
    drag_slider(page, "rotation [°]", 0.2, seconds=0.3)
    lines.wait_for()
    lab.wait_ready()
    lab.run_all()
    offer = page.get_by_role("button", name="bring my settings back")
    offer.wait_for()
    assert lab.python("simulator.rotation") != rotation
    lab.screenshot("settings-of-a-kernel-that-ended")
    offer.click()
    wait_until(page, lambda: lab.python("simulator.rotation") == rotation, "the settings")
    assert lines.count() == 0
    lab.run_all()
    wait_until(page, lambda: lab.python("simulator.image is not None"), "a picture")
    assert lines.count() == 0, "what was brought back once is not offered again"
    assert "restarting kernel" in "".join(lab_server.new_errors()), "it did not end"
