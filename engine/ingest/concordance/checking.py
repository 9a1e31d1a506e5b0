"""`kohort concordance`: the genotype counts of a release beside those an independent tool takes from its files."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.catalog.release import open_release
from engine.genotypes.ploidy import Ploidy
from engine.genotypes.store import GenotypeStore
from engine.ingest.concordance.bcftools import Bcftools
from engine.ingest.concordance.comparison import Adding, Comparison
from engine.ingest.concordance.hail import HailTool
from engine.ingest.concordance.plink2 import Plink2
from engine.ingest.concordance.tally import Groups, Tally, Tool
from engine.ingest.concordance.variant_places import VariantPlaces
from engine.ingest.variants.formats import open_source
from engine.ingest.variants.hail.source import HailSource
from engine.ingest.variants.normalise import Aligner
from engine.ingest.variants.readers.bgen import BgenSource
from engine.ingest.variants.readers.plink1 import Plink1Source
from engine.ingest.variants.readers.plink2 import Plink2Source
from engine.ingest.variants.readers.vcf import VcfSource
from engine.ingest.variants.samples import People, Placed, SampleAxis, match_samples
from engine.ingest.variants.source import Sex, VariantSource
from engine.personset import PersonSet
from schemas.errors import DataProblem
from schemas.release import PERSON, VARIANT

Progress = Callable[[str, float], None]
_TOLD_EVERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """What was compared, by which tools (with their versions) under which rules, and the outcome."""

    release_id: str
    tools: tuple[str, ...]
    rules: tuple[str, ...]
    samples: int
    comparison: Comparison


def check_concordance(
    root: Path,
    release_id: str | None,
    files: Sequence[Path],
    sample_map: Path,
    *,
    tool: str | None = None,
    reference: Path | None = None,
    progress: Progress = lambda _step, _share: None,
) -> Concordance:
    """Compare a release with the files it was made from, among the samples of these that have a person.

    `tool` is bcftools, plink2 or hail; where it is absent each file gets one that reads it. `reference` is the FASTA
    that the ingest was given, if it was. Raises `DataProblem`. The counts are exact: they are for the operator of the
    release, inside the trusted environment.
    """
    release = open_release(root, release_id)
    if not release.has(VARIANT):
        raise DataProblem("concordance-differs", f"release {release.id} has no genotypes")
    store = GenotypeStore.open(release)
    with ExitStack() as stack:
        sources = [_opened(stack, path, progress) for path in files]
        tools = [_tool(source, tool) for source in sources]
        versions = [one.version() for one in tools]
        axis, _ = match_samples(sources, sample_map, People.read(release.file(PERSON.path)))
        people = PersonSet.from_indices(np.array(axis.persons, np.uint32), release.persons)
        if (people - store.genotyped).count():
            raise DataProblem(
                "concordance-differs",
                f"the files have samples of people who have none in release {release.id}",
                hint="give the files and the sample map that the release was made from",
            )
        aligner = stack.enter_context(Aligner(reference)) if reference else None
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kohort-")))
        placed = [axis.place(source) for source in sources]
        adding = _adding(store, VariantPlaces.read(release.file(VARIANT.path)), axis, placed)
        for number, (path, source, one) in enumerate(zip(files, sources, tools, strict=True)):
            groups, copies = _groups(source, placed[number], axis, store)
            tallies = one.count(path, groups, scratch)
            told = _telling(tallies, lambda n, path=path: progress(f"counting {path.name}", n), store.variants)
            adding.add(number, told, copies, reference_known=source.reference_known, aligner=aligner)
    rows = np.arange(store.variants, dtype=np.int32)
    having = np.count_nonzero(axis.copies(), axis=1)
    return Concordance(
        release_id=release.id,
        tools=tuple(dict.fromkeys(versions)),
        rules=tuple(dict.fromkeys(rule for one in tools for rule in one.rules)),
        samples=axis.size,
        comparison=adding.compared(store.counts(rows, people), having, store),
    )


def _opened(stack: ExitStack, path: Path, progress: Progress) -> VariantSource:
    source = open_source(path, progress=progress)
    stack.callback(source.close)
    return source


def _tool(source: VariantSource, wanted: str | None) -> Tool:
    """The tool wanted, or the first that reads the file."""
    readers: dict[str, Tool]
    match source:
        case VcfSource():
            readers = {"bcftools": Bcftools(), "plink2": Plink2()}
        case Plink1Source() | Plink2Source():
            readers = {"plink2": Plink2(dict(zip(source.samples, source.families, strict=True)))}
        case BgenSource():
            readers = {"plink2": Plink2()}
        case HailSource():
            readers = {"hail": HailTool()}
        case _:
            readers = {}
    found = readers.get(wanted or next(iter(readers), ""))
    if found is None:
        raise DataProblem(
            "concordance-tool",
            f"{wanted or 'no tool'} reads {source.name}",
            expected=tuple(readers),
            hint=None if readers else "compare with the VCF that the folder was made from",
        )
    return found


def _adding(store: GenotypeStore, places: VariantPlaces, axis: SampleAxis, placed: Sequence[Placed]) -> Adding:
    copies = axis.copies() > 0
    each = [one.positions for one in placed]
    return Adding(
        places,
        store.ploidy(np.arange(places.size, dtype=np.int32)),
        np.array([copies[:, positions].sum(axis=1) for positions in each]),
        np.array([[bool(np.intersect1d(one, two).size) for two in each] for one in each]),
    )


def _groups(
    source: VariantSource, placed: Placed, axis: SampleAxis, store: GenotypeStore
) -> tuple[Groups, Mapping[Sex | None, npt.NDArray[np.uint8]]]:
    """The kept samples by sex, and how many copies each group has; one group where no variant depends on sex."""
    depends = np.isin(store.ploidy(np.arange(store.variants, dtype=np.int32)), (Ploidy.X, Ploidy.Y)).any()
    groups: dict[Sex | None, list[str]] = {}
    copies: dict[Sex | None, npt.NDArray[np.uint8]] = {}
    every = axis.copies()
    for column, position in zip(placed.columns.tolist(), placed.positions.tolist(), strict=True):
        sex = axis.sexes[position] if depends else None
        groups.setdefault(sex, []).append(source.samples[column])
        copies[sex] = every[:, position]
    return {sex: tuple(names) for sex, names in groups.items()}, copies


def _telling(
    tallies: Iterator[tuple[Sex | None, Tally]], tell: Callable[[float], None], variants: int
) -> Iterator[tuple[Sex | None, Tally]]:
    for number, item in enumerate(tallies):
        if number % _TOLD_EVERY == 0:
            tell(min(1.0, number / max(1, variants)))
        yield item
