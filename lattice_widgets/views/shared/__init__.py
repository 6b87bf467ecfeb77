"""What all views share: words, colors, the joining of browser modules."""
