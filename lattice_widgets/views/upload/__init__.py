"""The button that takes files from the browser in parts."""
