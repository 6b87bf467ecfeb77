"""Laws of growth fitted to fractions, and what a beam can hand to an atom."""
