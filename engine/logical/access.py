"""Whether a tier may use what a document names, in a release of this phase on this day.

Every refusal follows from the document, the policy, the date and the annotation of variants, never from anybody's data.
What is not granted is refused, and the refusal names the rule.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cohort_dsl.ast import (
    Answers,
    Burden,
    Carries,
    Cohort,
    CohortEvents,
    Dimension,
    DimensionKind,
    Eras,
    Exposure,
    FieldText,
    Gaps,
    NoCall,
    Occurrence,
    PairedVariants,
    PhasedVariants,
    ScoreTest,
    Sequence,
    Survey,
    Trend,
    VariantById,
    VariantsWhere,
)
from cohort_dsl.tree import Visit, walk
from engine.logical.dates import misplaced
from engine.logical.moved_days import MovedDays, Wrong
from schemas.access import DOMAIN_OF_EVENTS, SMALLEST_REGION, DataDomain, RegionLevel, VariantLevel
from schemas.errors import NotAllowed, Span
from schemas.fields import FIELDS, Field, PersonField
from schemas.omop import Domain
from schemas.policy import COMMON_FREQUENCY, Access, AccessTier, DisclosurePolicy, GenotypeAccess, Precision

Frequency = Callable[[VariantById], float | None]
"""What reference data say of a variant; absent where they know none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, as far as access depends on it: `library` holds the cohorts that documents refer to,
    `dimensions` replace those of the document, `variants` are asked for beside it. `tables` is the tier's own rule for
    tables of genotypes: where it is as strict as the grant the gate refuses, with advice of its own."""

    cohort: Cohort
    library: Mapping[str, Cohort]
    dimensions: tuple[Dimension, ...] | None = None
    variants: tuple[VariantById, ...] = ()
    precision: Precision | None = None
    tables: GenotypeAccess = GenotypeAccess.ANY

    @property
    def told_apart_by(self) -> tuple[Dimension, ...]:
        """The dimensions that count."""
        return self.cohort.count_by if self.dimensions is None else self.dimensions


def granted(policy: DisclosurePolicy, tier: AccessTier, *, phase: int, on: datetime.date) -> Access:
    """What the tier may use; raises `NotAllowed` before it may use anything, saying from when on it may."""
    access = policy.access(tier, phase=phase, on=on)
    if access is not None and access.domains:
        return access
    later = [change for change in policy.changes(tier, phase=phase, after=on) if change.domains]
    opens = f"it opens on {later[0].start}" if later else "no date is set"
    raise NotAllowed(
        "access-not-open",
        f"a release of phase {phase} is not open to the {tier.value} tier on {on}: {opens}",
        hint="`kohort policy explain` lists what opens when",
    )


def check_access(asked: Asked, access: Access, frequency: Frequency) -> None:
    """Raise the first refusal, in the order of the document."""
    for refusal in refusals(asked, access, frequency):
        raise refusal


def refusals(asked: Asked, access: Access, frequency: Frequency) -> Iterator[NotAllowed]:
    """Every reason why the tier may not ask this."""
    rules = _Rules(access, frequency, asked.tables)
    if asked.precision is not None and access.precisions is not None and asked.precision not in access.precisions:
        yield NotAllowed(
            "access-precision",
            f"the {rules.whom} answers with coarser precision only",
            expected=[allowed.value for allowed in access.precisions],
        )
    yield from rules.document(asked.cohort, asked.library, ignore_dimensions=asked.dimensions is not None)
    if any(dimension.kind is DimensionKind.INDEX_YEAR for dimension in asked.told_apart_by):
        yield from rules.by_time(asked.cohort, asked.library)
    for part in (*(asked.dimensions or ()), *asked.variants):
        yield from rules.part(part)


def check_by_time(cohort: Cohort, library: Mapping[str, Cohort], access: Access) -> None:
    """Raise the refusal of a cohort that is to be counted by interval of the calendar."""
    for refusal in _Rules(access, _no_frequency, GenotypeAccess.ANY).by_time(cohort, library):
        raise refusal


def _no_frequency(_: VariantById) -> None:
    """For rules that are about no variant."""


class _Rules:
    """The rules of one grant."""

    def __init__(self, access: Access, frequency: Frequency, tables: GenotypeAccess) -> None:
        self._access = access
        self._tables = tables
        self._frequency = frequency
        self._seen: set[str] = set()
        since = f" from {access.start}" if access.start else ""
        self.whom = f"{access.tier.value} tier, by its grant for phase {access.phase}{since},"

    def document(
        self, cohort: Cohort, library: Mapping[str, Cohort], *, ignore_dimensions: bool
    ) -> Iterator[NotAllowed]:
        for visit in walk(cohort, closed=(Dimension,)):
            match visit.value:
                case Dimension() as dimension:
                    if not ignore_dimensions:
                        yield from self._dimension(dimension, visit.span)
                case CohortEvents(name=name):
                    if name in library and name not in self._seen:
                        self._seen.add(name)
                        for refusal in self.document(library[name], library, ignore_dimensions=True):
                            refusal.span = visit.span  # places of another text mean nothing in this one
                            yield refusal
                case _:
                    yield from self._visit(visit)
        for wrong in MovedDays(step=self._access.dates, library=library).wrong(cohort):
            yield self._inside_a_step(wrong)

    def by_time(self, cohort: Cohort, library: Mapping[str, Cohort]) -> Iterator[NotAllowed]:
        """A cohort whose entries are told apart by the calendar: by `index year`, or counted by interval."""
        for wrong in MovedDays(step=self._access.dates, library=library).wrong_by_time(cohort):
            yield self._inside_a_step(wrong)

    def _inside_a_step(self, wrong: Wrong) -> NotAllowed:
        what = f"names dates by whole {self._access.dates.value}s: {wrong.reason}"
        return self._refusal("access-date", what, wrong.span)

    def part(self, root: Dimension | VariantById) -> Iterator[NotAllowed]:
        """A dimension or variant asked for beside the document."""
        if isinstance(root, Dimension):
            yield from self._dimension(root, None)
        else:
            yield from self._tabulated(root, None)

    def _visit(self, visit: Visit) -> Iterator[NotAllowed]:
        access, span = self._access, visit.span
        if (wrong := misplaced(visit.value, access.dates)) is not None:
            yield self._refusal("access-date", f"names dates by whole {access.dates.value}s: {wrong}", span)
        match visit.value:
            case Domain() as events:
                yield from self._needs(DOMAIN_OF_EVENTS[events], span)
            case Exposure():
                yield from self._needs(DataDomain.DRUGS, span)
            case Survey() | Answers():
                yield from self._needs(DataDomain.SURVEYS, span)
            case ScoreTest():
                yield from self._needs(DataDomain.SCORES, span)
            case Carries() | NoCall() | Burden() | PairedVariants() | PhasedVariants():
                yield from self._needs(DataDomain.GENOTYPES, span)
            case VariantById() as variant:
                yield from self._named(variant, span)
            case VariantsWhere() as variants:
                yield from self._region(variants, span)
            case Field() as field:
                yield from self._field(field, span)
            case PersonField.REGION:
                yield from self._places(span)
            case FieldText() if not access.free_text:
                yield self._refusal("access-free-text", "does not test texts as their source wrote them", span)
            case _:
                pass
        if _is_temporal(visit.value) and not access.temporal:
            yield self._refusal("access-temporal", "does not relate events in time", span)

    def _dimension(self, dimension: Dimension, span: Span | None) -> Iterator[NotAllowed]:
        match dimension.kind:
            case DimensionKind.SEX | DimensionKind.RACE | DimensionKind.INDEX_YEAR:
                return
            case DimensionKind.AGE:
                width = self._access.age_width
                if dimension.width is not None and dimension.width < width:
                    yield self._refusal("access-age", f"sees ages in bands of at least {width} years", span)
            case DimensionKind.REGION:
                yield from self._places(span)
            case DimensionKind.SURVEY:
                yield from self._needs(DataDomain.SURVEYS, span)
            case DimensionKind.GENOTYPE:
                yield from self._tabulated(dimension.variant, span)

    def _needs(self, domain: DataDomain, span: Span | None) -> Iterator[NotAllowed]:
        if not self._access.may_use(domain):
            yield self._refusal(
                "access-domain",
                f"may not use {domain.value}",
                span,
                expected=[open_.value for open_ in self._access.domains],
            )

    def _field(self, field: Field, span: Span | None) -> Iterator[NotAllowed]:
        lookup = FIELDS[field].lookup
        if lookup is not None and lookup.table == Domain.VISIT.value:
            yield from self._needs(DataDomain.VISITS, span)
        if field is Field.SERVICE_REGION:
            yield from self._places(span)

    def _places(self, span: Span | None) -> Iterator[NotAllowed]:
        if self._access.regions is RegionLevel.NONE:
            yield self._refusal("access-region", "names no places", span)

    def _tabulated(self, variant: VariantById | None, span: Span | None) -> Iterator[NotAllowed]:
        yield from self._needs(DataDomain.GENOTYPES, span)
        is_left_to_gate = self._access.variants is VariantLevel.COMMON and self._tables is GenotypeAccess.COMMON
        if variant is not None and not is_left_to_gate:
            yield from self._named(variant, span)

    def _named(self, variant: VariantById, span: Span | None) -> Iterator[NotAllowed]:
        match self._access.variants:
            case VariantLevel.ANY:
                return
            case VariantLevel.COMMON:
                if (self._frequency(variant) or 0) >= COMMON_FREQUENCY:
                    return
                what = f"names single variants only where reference data give them at least {COMMON_FREQUENCY:.0%}"
            case VariantLevel.SETS:
                what = "names variants by gene, panel or region, and no single one"
            case VariantLevel.NONE:
                return  # genotypes are not open at all, which is refused on its own
        yield self._refusal("access-variant", what, span, hint="name them by gene, as in `variant in gene PCSK9`")

    def _region(self, variants: VariantsWhere, span: Span | None) -> Iterator[NotAllowed]:
        region = variants.region
        if self._access.variants is VariantLevel.ANY or region is None:
            return
        if region.end - region.start + 1 < SMALLEST_REGION:
            yield self._refusal("access-variant", f"names regions of at least {SMALLEST_REGION:,} bases", span)

    def _refusal(
        self, code: str, what: str, span: Span | None, *, expected: list[str] | None = None, hint: str | None = None
    ) -> NotAllowed:
        return NotAllowed(
            code,
            f"the {self.whom} {what}",
            span=span,
            expected=expected or (),
            hint=hint or "`kohort policy explain` lists what opens when",
        )


def _is_temporal(node: object) -> bool:
    match node:
        case Sequence() | Gaps() | Eras() | Trend():
            return True
        case Occurrence(windows=windows):
            return bool(windows)
        case Survey(window=window):
            return window is not None
        case _:
            return False
