"""The embedding viewer."""
