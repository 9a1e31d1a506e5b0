"""The cohort-definition language: text, JSON and Python spellings of one syntax tree. No data, no database."""
