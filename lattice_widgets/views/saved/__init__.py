"""Pictures of widgets for saved notebooks."""
