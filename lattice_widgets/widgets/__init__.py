"""One file for each public widget: traits, core and views tied together. No maths and no drawing."""

from lattice_widgets.widgets.kernel_advice import warn_of_kernel
from lattice_widgets.widgets.kernel_queue import let_messages_wait

warn_of_kernel()
let_messages_wait()
