"""Race as breakdowns write it: OMOP race concepts, a fixed list, so that no person decides which rows a table has.

The vocabulary has hundreds of races, most of which nobody in one country is of. A person is counted under the first of
this list that the recorded concept is, or lies below. `docs/reference/semantics/11-rates.md` has an example.
"""

from typing import Final

RACE_CONCEPTS: Final = {
    "Korean": 38003585,
    "Chinese": 38003579,
    "Japanese": 38003584,
    "Vietnamese": 38003592,
    "Filipino": 38003581,
    "Thai": 38003591,
    "Asian Indian": 38003574,
    "Asian": 8515,
    "White": 8527,
    "Black or African American": 8516,
    "American Indian or Alaska Native": 8657,
    "Native Hawaiian or Other Pacific Islander": 8557,
}
"""OMOP concept name -> concept. Those below another stand before it: `Asian` is whoever is of no other row of Asia."""

OTHER_RACE: Final = "other"
"""A race is recorded, and it is none of the list."""
