"""Feasibility reports: what a project could find, dated and signed, to be attached to an access application."""
