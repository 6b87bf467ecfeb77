"""What a server of notebooks is told: its settings, dashboards, who may come in, and how kernels are guarded."""
