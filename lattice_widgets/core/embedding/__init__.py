"""Maps of features (t-SNE), and distances between classes."""
