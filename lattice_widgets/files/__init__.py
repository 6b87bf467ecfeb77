"""Reading users' micrographs and movies: any of the field's files in, one labeled array out.

One reader per kind of file, each in a module of its own; :mod:`.reading` chooses among them by what a file holds
(never by its name alone) and is the only place that builds the result.

==================  ============================================================
:mod:`.movies`      movies that need not fit into memory
:mod:`.reading`     ``read_micrograph``: checks, choice of the reader, result
:mod:`.selection`   which data set and frames are read, what is refused
:mod:`.kinds`       what a file is, told from its first bytes
:mod:`.labeled`     plain numbers in, a labeled array out
:mod:`.hdf5_references`  HDF5 files that name other files
:mod:`.companions`  which readers open which other files, and where these may lie
:mod:`.uploads`     files from the browser, each read in a process of its own
:mod:`.quiz_answers`  answers of a quiz, saved at once
:mod:`.stored`      what every reader returns, the one error, units, gray values
:mod:`.pictures`    png, jpg, bmp, gif (Pillow)
:mod:`.tiff`        tif, tiff with ImageJ, OME, Gatan and FEI calibration (tifffile)
:mod:`.arrays`      npy, npz (NumPy, never unpickled)
:mod:`.nanonis`     sxm (STM)
:mod:`.rosetta`     dm3, dm4, emd, hspy and the rest (RosettaSciIO, the extra ``formats``)
==================  ============================================================
"""

from lattice_widgets.files.labeled import set_pixel_size
from lattice_widgets.files.readers.stored import MicrographFileError
from lattice_widgets.files.reading import DEFAULT_MAX_BYTES, read_micrograph, read_micrograph_bytes

__all__ = ["DEFAULT_MAX_BYTES", "MicrographFileError", "read_micrograph", "read_micrograph_bytes", "set_pixel_size"]
