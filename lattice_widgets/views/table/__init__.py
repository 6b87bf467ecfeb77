"""Tables in the browser: sorted, filtered, with small pictures."""
