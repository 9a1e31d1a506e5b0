"""Contracts shared by every layer: tables, fields, policies, problems and wire models, all as data."""
