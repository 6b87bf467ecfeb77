"""Lab records: what was done with a picture, in a folder that can be read by anybody and computed again.

=================  ===============================================================
:mod:`.writing`    ``write_record``: the folder
:mod:`.repeating`  ``repeat_record``: compute it again and compare
:mod:`.recipe`     the recipe as JSON, and the table of kinds
:mod:`.kinds`      the kinds of records: a module each
:mod:`.source`     where the picture comes from; what has no file is stored
:mod:`.page`       the page that shows all of it
=================  ===============================================================
"""
