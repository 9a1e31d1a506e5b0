"""Which known variants one name means, and which it may have meant when it means none."""

import re
from typing import NamedTuple

from engine.catalog.annotation import AnnotatedVariant, Annotation, Place
from engine.genotypes.alleles import Allele
from engine.genotypes.hgvs import Hgvs, parse_hgvs

_AROUND = 50
"""Bases on either side of a position where the same insertion or deletion may be written in another way."""
_MOST_AROUND = 1_000
_CODING_POSITION = re.compile(r"[a-z]\.[-*]?\d+(?:[-+]\d+)?")
_PROTEIN_POSITION = re.compile(r"p\.[A-Za-z]{3}\d+")
_CONTINUED = re.compile(r"[\d+-]")

Rows = tuple[AnnotatedVariant, ...]


class Match(NamedTuple):
    """The variants of a name; without any, `near` ones, and a `hint` at why. `around` are all that lie about them,
    where they were read."""

    rows: Rows = ()
    near: Rows = ()
    hint: str | None = None
    around: Rows = ()


def match_rsid(annotation: Annotation, rsid: str) -> Match:
    """The alleles of a dbSNP id. Ids near to it mean nothing, so none is suggested."""
    rows = annotation.with_rsid(rsid)
    hint = "the annotation has no such dbSNP id: it may have been merged into another; look for the gene or the place"
    return Match(rows, around=rows) if rows else Match(hint=hint)


def match_allele(annotation: Annotation, allele: Allele) -> Match:
    """The variant of an allele; else others at its position, and what speaks against its reference bases."""
    last = allele.position + len(allele.ref) - 1 + _AROUND
    around = annotation.at(Place(allele.contig, allele.position - _AROUND, last), limit=_MOST_AROUND)
    rows = tuple(row for row in around if row.allele == allele)
    if rows:
        return Match(rows, around=around)
    here = tuple(row for row in around if row.position == allele.position)
    contradiction = _contradiction(around, allele)
    if contradiction:
        return Match(near=here, hint=contradiction, around=around)
    shifted = _shifted(around, allele)
    if shifted:
        hint = "insertions and deletions are written at their leftmost position"
        return Match(near=(*here, *shifted), hint=hint, around=around)
    return Match(near=here, hint="the annotation has other alleles at this position" if here else None, around=around)


def match_change(annotation: Annotation, wanted: Hgvs) -> Match:
    """The variants of a coding or protein change; else those of other versions, or at the same position of it."""
    assert wanted.sequence is not None
    places = annotation.places(wanted.unversioned)
    if not places:
        return Match(hint=f"the annotation names no variant by {wanted.sequence}; it has one transcript a variant: "
                          "try the gene's symbol in its place")  # fmt: skip
    position = (_PROTEIN_POSITION if wanted.is_protein else _CODING_POSITION).match(wanted.change)
    start = Hgvs(wanted.sequence, position[0] if position else wanted.change)
    named = [(row, _written(row, wanted)) for place in places for row in annotation.with_change(place, start)]
    rows = tuple(row for row, name in named if name.change == wanted.change and _is_of(row, name, wanted))
    if rows:
        return Match(rows)
    anything = Hgvs(wanted.unversioned, wanted.change)
    same = [(row, name) for row, name in named if _is_of(row, name, anything, versions=False)]
    others = tuple(row for row, name in same if name.change == wanted.change)
    if others:
        versions = ", ".join(dict.fromkeys(name.sequence or str(row.transcript) for row, name in same))
        return Match(near=others, hint=f"the annotation is of another version: {versions}")
    near = tuple(row for row, name in same if not _CONTINUED.match(name.change[len(start.change) :]))
    return Match(near=near, hint="the annotation has other changes at this position" if near else None)


def _written(row: AnnotatedVariant, wanted: Hgvs) -> Hgvs:
    return parse_hgvs((row.hgvs_p if wanted.is_protein else row.hgvs_c) or "")


def _is_of(row: AnnotatedVariant, name: Hgvs, wanted: Hgvs, *, versions: bool = True) -> bool:
    if versions:
        return wanted.is_of(name.sequence, row.transcript, row.gene)
    return wanted.is_of(*((text or "").partition(".")[0] for text in (name.sequence, row.transcript)), row.gene)


def _contradiction(around: Rows, allele: Allele) -> str | None:
    """The first base that the annotation gives as another one than the allele's reference has."""
    for row in around:
        first = max(row.position, allele.position)
        ours, theirs = allele.ref[first - allele.position :], row.ref[first - row.position :]
        for offset, (our, their) in enumerate(zip(ours, theirs, strict=False)):
            if our != their:
                return f"the reference at {allele.contig}:{first + offset} is {their} in the annotation, not {our}"
    return None


def _shifted(around: Rows, allele: Allele) -> Rows:
    """Other insertions or deletions of as many bases."""
    longer = len(allele.alt) - len(allele.ref)
    if not longer:
        return ()
    return tuple(row for row in around if row.position != allele.position and len(row.alt) - len(row.ref) == longer)
