"""What a query means, as one closed union of frozen nodes; no engine and no data in sight."""
