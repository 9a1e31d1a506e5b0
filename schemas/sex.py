"""Sex as the language and the breakdowns write it, and the OMOP concepts it stands for."""

SEX_CONCEPTS = {"male": 8507, "female": 8532}
"""Word -> OMOP gender concept; any other concept means unknown."""
