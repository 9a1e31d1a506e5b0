"""Thirty cohort questions over up to 770,000 people, beside OHDSI's SQL on the same machine."""
