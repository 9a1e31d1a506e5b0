"""One script of requests, played to two worlds that differ in one person's record."""

from dataclasses import dataclass

from schemas.policy import AccessTier
from tests.attacks.kit.http import Reply, Server
from tests.attacks.kit.questions import All, Carrier, Not, Numbered, Question, Secret, Unheard, document
from tests.attacks.kit.world import BLOCK, RSIDS, World


@dataclass(frozen=True, slots=True)
class Line:
    """One request."""

    path: str
    body: object = None
    tier: AccessTier = AccessTier.CONTROLLED


def _cohort(question: Question, **extra: object) -> dict[str, object]:
    return {"text": document(question), "precision": "finest", **extra}


def about(world: World, victim: int) -> list[Line]:
    """Everything one can ask that depends on the victim, shown and hidden, answered and refused."""
    alone = All((Numbered(victim, victim), Secret()))
    with_others = All((Numbered(victim, victim + BLOCK - 1), Secret()))
    without = All((Numbered(victim, victim + BLOCK - 1), Not(Numbered(victim, victim)), Secret()))
    lines = [
        Line(f"/v1/cohorts/{action}", _cohort(question, **extra))
        for question in (alone, with_others, without, All((alone, Carrier(0))), All((with_others, Unheard(7))))
        for action, extra in (
            ("count", {}),
            ("breakdown", {"by": ["sex", "age(20)"]}),
            ("attrition", {}),
            ("genotypes", {"variants": [RSIDS[0], "rs987654321"]}),
        )
    ]
    plain = {"text": document(alone)}
    with_and_without = [{"text": document(with_others)}, {"text": document(without)}]
    return [
        *lines,
        Line("/v1/cohorts/overlap", {"cohorts": with_and_without, "precision": "finest"}),
        Line("/v1/cohorts/profile", _cohort(with_others, groups=[plain, with_and_without[1]], most=1)),
        *(Line(f"/v1/cohorts/{action}", plain) for action in ("validate", "format", "explain")),
        Line("/v1/budget"),
        Line("/v1/release"),
        Line("/v1/variants?search=rs1000"),
        *refused(victim),
    ]


def refused(victim: int) -> list[Line]:
    """What is refused, for one reason after another, while it is about the victim."""
    alone = All((Numbered(victim, victim), Secret()))
    text = document(alone)
    count = "/v1/cohorts/count"
    return [
        Line(count, {"text": text, "precision": "finest"}, AccessTier.REGISTERED),
        Line(count, {"text": text}, AccessTier.PUBLIC),
        Line("/v1/cohorts/inclusion", {"text": text}),
        Line("/v1/cohorts/linkage", {"text": text, "variants": list(RSIDS[:2])}),
        Line("/v1/cohorts/genotypes", {"text": text, "variants": list(RSIDS[:30])}),
        Line("/v1/cohorts/genotypes", {"text": text, "variants": [RSIDS[0]] * 2}),
        Line("/v1/cohorts/breakdown", {"text": text}),
        Line("/v1/cohorts/breakdown", {"text": text, "by": ["sex", "age(1)", "region", "index year"]}),
        Line(count, {"text": document(All((alone, *(Carrier(n) for n in range(40)))))}),
        Line(count, {"text": text + "include"}),
        Line(count, {"text": text, "precision": "exact"}),
        Line(count, {"text": text, "unknown": 1}),
        Line(count, b'{"text": 1e999}'),
        Line(count, b'{"text": "a", "text": "b"}'),
        Line(count, b"[" * 2000),
        Line("/v1/nowhere", {"text": text}),
    ]


def play(server: Server, script: list[Line]) -> list[Reply]:
    """The replies, one by one."""
    return [server.ask(line.path, line.body, tier=line.tier, who=line.tier.value) for line in script]
