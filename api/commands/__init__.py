"""The commands of `kohort`, one file an area."""
