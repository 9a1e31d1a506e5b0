"""Disclosure control: the one place where true counts become numbers that may leave."""
