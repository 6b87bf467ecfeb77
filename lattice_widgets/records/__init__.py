"""Lab records: what was done with a picture, in a folder that can be read by anybody and computed again.

=================  ===============================================================
:mod:`.writing`    ``write_record``: the folder
:mod:`.repeating`  ``repeat_record``: compute it again and compare
:mod:`.recipe`     the recipe as JSON, and the kinds of records
:mod:`.source`     where the picture comes from; what has no file is stored
:mod:`.window`     a window, its lattice and what the network says
:mod:`.passes`     a classification with dropout
:mod:`.movie`      the growth in a movie
:mod:`.embedding`  a map of features
:mod:`.page`       the page that shows all of it
=================  ===============================================================
"""
