"""An opened release: its tables, vocabulary and statistics."""
