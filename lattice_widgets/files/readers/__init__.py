"""One module for each kind of file, or a folder where one file would be long; each begins with its specification.

A module that is added here is found: nothing names it elsewhere. See :mod:`.specification` for what it says and does.
"""
