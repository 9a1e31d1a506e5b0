"""How variants are spelled outside this language, and the one spelling that each has here. Only text is looked at."""
