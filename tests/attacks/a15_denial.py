"""A15: refusals. Whether and why something is refused must follow from the text and the accounts alone."""

from tests.attacks.a14_bytes import replies_of_worlds
from tests.attacks.kit.arena import Arena
from tests.attacks.kit.outcome import Attack, Check, Outcome, exactly
from tests.attacks.kit.questions import All, Chaff, Numbered, Secret, document
from tests.attacks.kit.scripts import Line, refused


def _until_spent(victim: int, questions: int) -> list[Line]:
    """Dear questions about the victim until the budget is gone, and repeats of what was paid."""
    texts = [document(All((Numbered(victim, victim + number), Secret(), Chaff()))) for number in range(questions)]
    dear = [Line("/v1/cohorts/breakdown", {"text": text, "by": ["sex"], "precision": "finest"}) for text in texts]
    return [*dear, *dear[:3], Line("/v1/cohorts/count", {"text": texts[0], "precision": "finest"})]


def run(arena: Arena) -> Outcome:
    """Refusals by the text one after another, then a budget run down to nothing."""
    victim = arena.world.victim(0)
    script = [*refused(victim), *_until_spent(victim, 20)]
    without, with_victim = ([reply.decision for reply in played] for played in replies_of_worlds(arena, victim, script))
    codes = {code for _, code in without}
    different = sum(one != other for one, other in zip(without, with_victim, strict=True))
    return Outcome(
        figure=different / len(script),
        limit=0.0,
        checks=(
            exactly(f"of {len(script)} decisions, different between the worlds", different, 0),
            Check(
                says="reasons to refuse that were tried, a spent budget among them",
                measured=f"{len(codes)} reasons" + ("" if "budget-exhausted" in codes else ", none of a budget"),
                allowed="at least 8",
                holds=len(codes) >= 8 and "budget-exhausted" in codes,
            ),
        ),
    )


ATTACK = Attack(
    number="A15",
    title="Refusals",
    tries="provokes every refusal in a world with and in one without the victim's secret",
    figure="decisions that differ",
    run=run,
)
