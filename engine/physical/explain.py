"""A physical plan for people: what runs where, and how the columns are put together by the rules."""

from collections.abc import Iterator, Mapping

from engine.logical.explain import explain
from engine.logical.nodes import Atom, Condition, CountOf, Every, GenotypeAtom, IsUnknown, Negation, Some
from engine.physical.bounds import SELECTIVE_SHARE, bound_text
from engine.physical.nodes import PhysicalPlan


def explain_physical(plan: PhysicalPlan) -> str:
    """The steps of a plan in the order they run; conditions are shown once and named by their column.

    Genotype conditions are those of the whole plan: a cohort referred to shares them.
    """
    kernels = {atom: f"kernel_{number}" for number, atom in enumerate(dict.fromkeys(_genotypes(plan)))}
    return "\n".join((*_kernel_lines(kernels), *_lines(plan, kernels)))


def _genotypes(plan: PhysicalPlan) -> Iterator[GenotypeAtom]:
    for sub in plan.cohorts:
        yield from _genotypes(sub.plan)
    yield from (kernel.atom for kernel in plan.kernels)


def _kernel_lines(kernels: Mapping[GenotypeAtom, str]) -> Iterator[str]:
    for atom, name in kernels.items():
        yield f"{name}: person sets from the genotype store, worked out once"
        yield from _indented(explain(atom))


def _lines(plan: PhysicalPlan, kernels: Mapping[GenotypeAtom, str]) -> Iterator[str]:
    for number, sub in enumerate(plan.cohorts):
        yield f"cohort_{number}: entries of a cohort referred to"
        yield from (f"  {line}" for line in _lines(sub.plan, kernels))
    names: dict[Atom, str] = {**kernels}
    if plan.bound is not None:
        yield f"where members only are asked for, among those with (if under {SELECTIVE_SHARE:.0%} of all people)"
        yield f"  {bound_text(plan.bound, names)}"
    yield f"entries on {plan.entries}"
    yield from _indented(explain(plan.cohort.entry))
    yield f"last days {'from the observation period' if plan.ends is None else f'on {plan.ends}'}"
    yield from _indented(explain(plan.cohort.exit))
    for number, scan in enumerate(plan.columns):
        names[scan.atom] = f"condition_{number}"
        yield f"condition_{number} on {scan.target}, of entries still in question"
        yield from _indented(explain(scan.atom))
    if plan.cohort.qualify is not None:
        formula = _formula(plan.cohort.qualify.condition, names)
        yield f"qualify {plan.cohort.qualify.pick.value} when {formula}"
    apart = f" or at most {plan.cohort.join_days} days apart" if plan.cohort.join_days else ""
    yield f"rules, then keep {plan.cohort.keep.value} and join entries that overlap{apart}"
    for rule in plan.cohort.rules:
        yield f'  {rule.kind.value} "{rule.name}" when {_formula(rule.condition, names)}'


def _formula(condition: Condition, names: dict[Atom, str]) -> str:
    match condition:
        case Every(parts=parts):
            return _joined("all of", parts, names)
        case Some(parts=parts):
            return _joined("any of", parts, names)
        case CountOf(operator=operator, number=number, parts=parts):
            return _joined(f"{operator.value} {number} of", parts, names)
        case Negation(part=part):
            return f"not {_formula(part, names)}"
        case IsUnknown(part=part):
            return f"unknown {_formula(part, names)}"
        case atom:
            return names[atom]


def _joined(words: str, parts: tuple[Condition, ...], names: dict[Atom, str]) -> str:
    return f"{words} ({', '.join(_formula(part, names) for part in parts)})"


def _indented(text: str, by: str = "  ") -> Iterator[str]:
    return (by + line for line in text.splitlines())
