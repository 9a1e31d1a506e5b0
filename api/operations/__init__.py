"""What those who run a service see of it: its state, metrics and logs, and how it stops."""
