"""A movie in the browser, tied to a chart."""
