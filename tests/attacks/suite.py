"""All attacks, in order."""

from tests.attacks import (
    a01_repeat,
    a02_rewrite,
    a03_split,
    a04_difference,
    a05_padding,
    a06_hiding,
    a07_reconstruct,
    a08_exploit,
    a09_search,
    a10_cells,
    a11_attrition,
    a12_membership,
    a13_time,
    a14_bytes,
    a15_denial,
    a16_races,
    a17_collude,
    a18_releases,
    audit_privacy,
    noise_law,
    sensitivity,
)

ATTACKS = tuple(
    module.ATTACK
    for module in (
        a01_repeat,
        a02_rewrite,
        a03_split,
        a04_difference,
        a05_padding,
        a06_hiding,
        a07_reconstruct,
        a08_exploit,
        a09_search,
        a10_cells,
        a11_attrition,
        a12_membership,
        a13_time,
        a14_bytes,
        a15_denial,
        a16_races,
        a17_collude,
        a18_releases,
        audit_privacy,
        noise_law,
        sensitivity,
    )
)
