"""Pages of the explorer: a spot, the size of the window, and pinned windows."""
