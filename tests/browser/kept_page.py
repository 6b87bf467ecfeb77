"""What a test leaves in a page and in a kernel that stay for the next one, and how both are put back to as good as new."""

#: Python in the kernel. Widgets are closed each in its own way, which ends their work, and then whatever is left of their
#: parts; modules stay: importing them is what a new kernel takes its time for.
PUT_BACK_KERNEL = """
def _put_back():
    import gc
    import os
    import sys
    from ipywidgets.widgets.widget import _instances
    whole = [each for each in list(_instances.values()) if type(each).__module__.startswith("lattice_widgets.widgets")]
    for each in [*whole, *list(_instances.values())]:
        each.close()
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib"].rcdefaults()
        sys.modules["matplotlib.pyplot"].close("all")
        sys.modules["matplotlib.pyplot"].switch_backend(os.environ["MPLBACKEND"])  # as the kernel chose it
    os.chdir({folder!r})
    for name in [name for name in os.environ if name.startswith("LATTICE_WIDGETS_")]:
        del os.environ[name]
    os.environ.update({environment!r})
    collect, gc.collect = gc.collect, lambda: 0  # it takes longer than all the rest, and garbage goes by itself
    try:
        get_ipython().reset()
    finally:
        gc.collect = collect
_put_back()
"""
#: what of the kernel is put back: where it works, and the settings of the kit in its environment
STATE_OF_KERNEL = """[__import__('os').getcwd(), {name: value for name, value in __import__('os').environ.items()
    if name.startswith('LATTICE_WIDGETS_')}]"""
#: in a page that was just opened
REMEMBER = """() => { window.atFirst = jupyterapp.shell.currentWidget.content.notebookConfig }"""
#: with the sources of the code cells that stand there then. The new ones come before the old ones go: JupyterLab fills an
#: empty notebook with a cell of its own.
PUT_BACK_PAGE = """async sources => {
    if (document.fullscreenElement) await document.exitFullscreen();
    for (const storage of [localStorage, sessionStorage])
        for (const name of Object.keys(storage).filter(name => name.startsWith("lattice-widgets"))) storage.removeItem(name);
    const { content } = jupyterapp.shell.currentWidget, notebook = content.model.sharedModel;
    content.notebookConfig = window.atFirst;
    const before = notebook.cells.length;
    notebook.transact(() => {
        notebook.insertCells(0, sources.map(source => ({ cell_type: "code", source, metadata: {}, outputs: [] })));
        notebook.deleteCellRange(sources.length, sources.length + before);
    }, false);
    notebook.clearUndoHistory();
    content.deselectAll();
    content.activeCellIndex = 0;
    content.mode = "command";
    document.activeElement?.blur();
    content.activate();
    document.querySelector(".jp-WindowedPanel-outer").scrollTop = 0;
    scrollTo(0, 0);
    window.runAll = null }"""
TO_TOP = """() => { document.querySelector(".jp-WindowedPanel-outer").scrollTop = 0; scrollTo(0, 0) }"""
