"""Uploads: files of people whom nobody knows, each read in a process of its own that may open nothing else.

===================  ==========================================================
:mod:`.process`      starts the process, waits, and turns its end into a picture or a sentence
:mod:`.child`        what runs in the process
:mod:`.confinement`  the limits that the process sets itself
===================  ==========================================================
"""

from lattice_widgets.files.uploads.process import UploadLimits, read_upload

__all__ = ["UploadLimits", "read_upload"]
