"""Pages of numbers for people who have written no document: published ones for everybody, and ready-made questions."""
