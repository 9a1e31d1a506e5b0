"""A14: everything but the numbers. Status, headers, names, order and length of every reply, in two worlds."""

import re

import numpy as np

from tests.attacks.kit.arena import Arena
from tests.attacks.kit.http import Reply, server_over
from tests.attacks.kit.outcome import Attack, Check, Outcome, exactly
from tests.attacks.kit.scripts import Line, about, play
from tests.attacks.kit.world import write_world


def replies_of_worlds(arena: Arena, victim: int, script: list[Line]) -> list[list[Reply]]:
    """The same script played to the world with the victim's secret and to the one without."""
    found = []
    for has in (False, True):
        releases = arena.folder / f"world-{int(has)}-{victim}"
        if not releases.exists():
            write_world(arena.world.with_secret(np.array([victim]), has=has), releases, "same")
        with server_over(releases, "same", arena.state()) as server:
            found.append(play(server, script))
    return found


def run(arena: Arena) -> Outcome:
    """Numbers with noise aside, no byte may differ; where nothing is shown, none at all."""
    victim = arena.world.victim(0)
    script = about(arena.world, victim)
    without, with_victim = replies_of_worlds(arena, victim, script)
    different = [
        line.path for line, one, other in zip(script, without, with_victim, strict=True) if _shape(one) != _shape(other)
    ]
    hidden = [
        (one, other) for one, other in zip(without, with_victim, strict=True) if b'"value"' not in one.body + other.body
    ]
    unlike = sum((one.status, one.headers, _plain(one)) != (o.status, o.headers, _plain(o)) for one, o in hidden)
    return Outcome(
        figure=len(different) / len(script),
        limit=0.0,
        checks=(
            exactly(f"of {len(script)} replies, different in more than noisy numbers", different, []),
            exactly(f"of {len(hidden)} replies without a number, different in any byte", unlike, 0),
            Check(
                says="both kinds of reply were compared",
                measured=f"{len(hidden)} without and {len(script) - len(hidden)} with numbers",
                allowed="some of each",
                holds=0 < len(hidden) < len(script),
            ),
        ),
    )


def _shape(reply: Reply) -> tuple[int, dict[str, str], str]:
    status, headers, body = reply.without_noise()
    return status, headers, _without_moment(body)


def _plain(reply: Reply) -> str:
    return _without_moment(reply.body.decode())


def _without_moment(body: str) -> str:
    """Without the instant the release was made, of which each of the two has its own."""
    return re.sub(r'"created":"[^"]*"', "", body)


ATTACK = Attack(
    number="A14",
    title="Bytes, headers and status",
    tries="compares all of a reply but its numbers between a world with and one without the victim's secret",
    figure="replies that differ",
    run=run,
)
