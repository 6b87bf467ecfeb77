"""Reading users' micrographs and movies: any of the field's files in, one labeled array out.

One reader per kind of file, each in a module of its own; :mod:`.reading` chooses among them by what a file holds
(never by its name alone) and is the only place that builds the result. A reader is one module of :mod:`.readers` with a
specification at its top, from which the table at the end is made.

=============================  ================================================================
:mod:`.movies`                 movies that need not fit into memory
:mod:`.reading`                ``read_micrograph``: checks, choice of the reader, result
:mod:`.selection`              which data set and frames are read, what is refused
:mod:`.kinds`                  what a file is, told from its first bytes; the readers there are
:mod:`.labeled`                plain numbers in, a labeled array out
:mod:`.hdf5_references`        HDF5 files that name other files
:mod:`.hdf5_trial`             HDF5 files that are followed for ever
:mod:`.deadline`               how long a file on disk may be read
:mod:`.companions`             other files that a file names: where they may lie
:mod:`.uploads`                files from the browser, each read in a process of its own
:mod:`.answers.sheets`         answers of a quiz, as a file holds them
:mod:`.answers.store`          answers of a quiz, saved at once
:mod:`.answers.predictions`    predictions of lessons, saved at once
:mod:`.readers.specification`  what every reader says of itself
:mod:`.readers.stored`         what every reader returns, the one error, gray values
=============================  ================================================================
"""

from lattice_widgets.core.pictures.pixel_size import set_pixel_size
from lattice_widgets.files.kinds import format_table
from lattice_widgets.files.readers.stored import MicrographFileError
from lattice_widgets.files.reading import DEFAULT_MAX_BYTES, read_micrograph, read_micrograph_bytes

__all__ = ["DEFAULT_MAX_BYTES", "MicrographFileError", "read_micrograph", "read_micrograph_bytes", "set_pixel_size"]

__doc__ = f"{__doc__}\n{format_table()}\n"
