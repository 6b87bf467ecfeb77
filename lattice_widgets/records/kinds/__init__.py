"""The kinds of records, one module each, and what those of maps share.

==================  ==================================================
:mod:`.window`      a window, its lattice and what the network says
:mod:`.passes`      a classification with dropout
:mod:`.movie`       the growth in a movie
:mod:`.embedding`   a map of features
:mod:`.strain`      strain, rotation and amplitude, place by place
:mod:`.moire`       the moire of two layers, in words and numbers
:mod:`.undistorted` a picture without the distortion of its scan
==================  ==================================================
"""
