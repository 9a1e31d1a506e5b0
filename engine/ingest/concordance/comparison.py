"""What files should have given each variant, added up record by record, and compared with the release."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.genotypes.alleles import Allele
from engine.genotypes.columns import Rows
from engine.genotypes.counting import GenotypeCounts
from engine.ingest.concordance.tally import Tally
from engine.ingest.concordance.variant_places import VariantPlaces
from engine.ingest.variants.alleles import Rejection, split
from engine.ingest.variants.normalise import Aligner
from engine.ingest.variants.source import Record, Sex

KINDS = tuple(GenotypeCounts.__dataclass_fields__)
"""The six counts of a variant, in order."""
NOT_CALLED = "nobody-has-a-call"
"""An allele of the file that the release does not have, where nobody has a whole call: the record had no genotype
field, or one that cannot be used."""
_SHOWN = 5
_MISSING = KINDS.index("missing")
_NOT_TAKEN = -1


@dataclass(frozen=True, slots=True)
class Difference:
    """A variant and its counts, by the tool and in the release, in the order of `KINDS`."""

    variant: str
    by_tool: tuple[int, ...]
    in_release: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The first few of what differs are named; `left_out` has alleles that the rules of ingest leave out, by reason."""

    compared: int
    different: int
    differences: tuple[Difference, ...]
    left_out: Mapping[str, int]
    not_in_release: int
    first_not_in_release: tuple[str, ...]
    only_in_release: int
    first_only_in_release: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the six counts."""
        return KINDS

    @property
    def agrees(self) -> bool:
        return not (self.different or self.not_in_release or self.only_in_release)


@dataclass(slots=True)
class Adding:
    """Adds up the files of one release. `members` int64[files, 4]: by `Ploidy`, people with a sample in a file and a
    copy; `shared` bool[files, files]: which files have a sample in common."""

    places: VariantPlaces
    ploidies: npt.NDArray[np.uint8] = field(repr=False)
    members: npt.NDArray[np.int64] = field(repr=False)
    shared: npt.NDArray[np.bool_] = field(repr=False)
    _expected: npt.NDArray[np.int64] = field(init=False, repr=False)
    _taken: npt.NDArray[np.int64] = field(init=False, repr=False)
    _left_out: Counter[str] = field(init=False, repr=False, default_factory=Counter)
    _absent: Counter[tuple[int, int, Allele]] = field(init=False, repr=False, default_factory=Counter)

    def __post_init__(self) -> None:
        self._expected = np.zeros((len(KINDS), self.places.size), np.int64)
        self._taken = np.full((len(self.members), self.places.size), _NOT_TAKEN, np.int64)

    def add(
        self,
        file: int,
        tallies: Iterable[tuple[Sex | None, Tally]],
        copies: Mapping[Sex | None, npt.NDArray[np.uint8]],
        *,
        reference_known: bool,
        aligner: Aligner | None,
    ) -> None:
        """A file's records, once a group; `copies` uint8[4] by `Ploidy`.

        Of a variant that is there several times the first is taken, as in an ingest.
        """
        numbers: Counter[Sex | None] = Counter()
        for sex, tally in tallies:
            numbers[sex] += 1
            for item in split(_record(tally), aligner, reference_known=reference_known):
                if isinstance(item, Rejection):
                    self._left_out[item.value] += sex is next(iter(copies))
                    continue
                row = self.places.find(item.allele)
                if row is None:
                    self._absent[file, numbers[sex], item.allele] += tally.called
                elif self._take(file, row, numbers[sex]):
                    self._expected[:, row] += tally.expected(item.number, int(copies[sex][self.ploidies[row]]))
                else:
                    self._left_out[Rejection.DUPLICATE.value] += sex is next(iter(copies))

    def compared(self, actual: GenotypeCounts, having: npt.NDArray[np.int64], store: "Named") -> Comparison:
        """With what the release counts among the same people; `having` by `Ploidy`, how many of them have a copy.

        People without a sample in the files that have a variant have no call of it.
        """
        found = np.array([getattr(actual, kind) for kind in KINDS])
        taken = self._taken != _NOT_TAKEN
        covered = sum(
            np.where(has, members[self.ploidies], 0) for has, members in zip(taken, self.members, strict=True)
        )
        self._expected[_MISSING] += having[self.ploidies] - covered
        is_compared = taken.any(axis=0)
        differing = np.flatnonzero(is_compared & (self._expected != found).any(axis=0)).astype(np.int32)
        extra = np.flatnonzero(~is_compared & found[:_MISSING].any(axis=0)).astype(np.int32)
        lost = [allele for (_, _, allele), called in self._absent.items() if called]
        if len(lost) < len(self._absent):
            self._left_out[NOT_CALLED] = len(self._absent) - len(lost)
        shown = differing[:_SHOWN]
        return Comparison(
            compared=int(is_compared.sum()),
            different=differing.size,
            differences=tuple(
                Difference(name, tuple(self._expected[:, row].tolist()), tuple(found[:, row].tolist()))
                for name, row in zip(store.describe(shown), shown, strict=True)
            ),
            left_out=dict(sorted((+self._left_out).items())),
            not_in_release=len(lost),
            first_not_in_release=tuple(f"{a.contig}-{a.position}-{a.ref}-{a.alt}" for a in lost[:_SHOWN]),
            only_in_release=extra.size,
            first_only_in_release=tuple(store.describe(extra[:_SHOWN])),
        )

    def _take(self, file: int, row: int, number: int) -> bool:
        """Whether a record is the one of this file that counts for a variant; it is marked so."""
        if self._taken[file, row] not in (_NOT_TAKEN, number):
            return False
        if any(self.shared[file, other] and self._taken[other, row] != _NOT_TAKEN for other in range(file)):
            return False
        self._taken[file, row] = number
        return True


class Named(Protocol):
    """What gives variants their names (`engine.genotypes.store.GenotypeStore`)."""

    def describe(self, variants: Rows) -> list[str]: ...


def _record(tally: Tally) -> Record:
    return Record(
        contig=tally.contig, position=tally.position, id=None, ref=tally.ref.upper(),
        alts=tuple(alt.upper() for alt in tally.alts), filter=None, alleles=None,
    )  # fmt: skip
