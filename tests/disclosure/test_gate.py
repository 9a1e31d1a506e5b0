"""What a caller of the gate sees: one answer a question, fair charges, and nothing that depends on who is in it."""

import ast
import copy
import dataclasses
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from engine.aggregate import RawCells
from engine.disclosure import gate as gate_module
from engine.disclosure.gate import Gate, calendar_year, open_gate
from engine.disclosure.request import Breakdown, GateRequest, Principal
from engine.disclosure.safe import SafeAttrition, SafeCounts, SafeTable, Shown, Suppressed
from schemas.errors import InternalError, NotAllowed, OverBudget, TooExpensive
from schemas.policy import AccessTier, Precision
from tests.disclosure.conftest import histogram, people_in

ROOT = Path(__file__).parents[2]
FINE = Precision.FINE.cost(1)


def spent(asker, **names: str) -> dict[str, int]:
    return {b.kind.value: b.spent for b in asker.gate.budget(asker.request("", **names).principal)}


def test_a_thousand_repeats_are_one_charge_one_count_and_one_answer(asker):
    answers = [asker.count("q", 1234) for _ in range(1000)]
    assert {a.count for a in answers} == {answers[0].count}
    assert [a.receipt.charged for a in answers] == [FINE] + [0] * 999
    assert spent(asker) == {"project": FINE, "user": FINE, "institution": FINE}
    assert asker.evaluated == 1


def test_another_project_gets_the_same_answer_and_pays(asker):
    first = asker.count("q", 1234)
    other = asker.count("q", 1234, user="u2", project="p2", institution="i2")
    assert other.count == first.count
    assert other.receipt.charged == FINE
    assert asker.evaluated == 1


def test_each_account_pays_once_for_what_it_learns(asker):
    asker.count("q", 1234)
    asker.count("q", 1234, project="p2")
    assert spent(asker, project="p2") == {"project": FINE, "user": FINE, "institution": FINE}


def test_two_precisions_are_two_draws_and_two_charges(asker):
    asker.count("q", 1234)
    asker.count("q", 1234, Precision.FINEST)
    assert spent(asker)["project"] == FINE + Precision.FINEST.cost(1)
    assert asker.evaluated == 2


def test_the_budget_stops_exactly(asker):
    for number in range(200):
        asker.count(f"q{number}", 1234)
    assert spent(asker)["project"] == 10**9
    before = asker.evaluated
    with pytest.raises(OverBudget) as refused:
        asker.count("one more", 1234)
    assert refused.value.code == "budget-exhausted"
    assert asker.evaluated == before
    assert spent(asker) == {"project": 10**9, "user": 10**9, "institution": 10**9}
    assert asker.count("q7", 0).receipt.charged == 0


def test_a_refusal_for_one_account_charges_none(asker):
    for number in range(200):
        asker.count(f"q{number}", 1234)
    with pytest.raises(OverBudget, match="user"):
        asker.count("new", 1234, project="fresh")
    assert spent(asker, project="fresh")["project"] == 0
    assert spent(asker)["institution"] == 10**9


def test_a_table_charges_count_and_one_hot_and_the_count_only_once(asker):
    asker.count("q", 700)
    table = asker.table("q", [300, 400])
    assert table.receipt.charged == Precision.FINE.cost(2)
    assert table.total == asker.count("q", 700).count
    assert spent(asker)["project"] == FINE + Precision.FINE.cost(2)
    again = asker.table("q", [300, 400])
    assert (again.total, again.cells, again.receipt.charged) == (table.total, table.cells, 0)


def test_one_cohort_has_one_count_wherever_it_is_shown(asker):
    count = asker.count("q", 9000).count
    assert asker.attrition("q", [40_000, 20_000, 9000]).steps[-1].count == count
    assert asker.table("q", [3000, 6000]).total == count
    assert asker.table("q", [1000] * 9, spec="region").total == count


def test_a_relabelled_table_is_another_question(asker):
    asker.table("q", [300, 400])
    assert asker.table("q", [300, 300, 100]).receipt.charged == Precision.FINE.cost(2)


def test_zero_one_and_nine_persons_look_the_same(asker):
    def looks(true: int) -> list[object]:
        asker.names = {"user": f"u{true}", "project": f"p{true}", "institution": f"i{true}"}
        answers = [asker.count(f"{true}/{number}", true) for number in range(100)]
        return [(a.count, dataclasses.replace(a.receipt, query_ids=())) for a in answers]

    hidden = Suppressed(less_than=40)
    zero, one, nine = looks(0), looks(1), looks(9)
    # None and one are shown once in 20,000, nine, one below the floor, once in 1,000: more than this would be an
    # accident of one in a million.
    assert sum(count != hidden for count, _ in zero + one) < 4
    assert sum(count != hidden for count, _ in nine) < 5
    assert [receipt for _, receipt in zero] == [receipt for _, receipt in one] == [receipt for _, receipt in nine]


def test_the_threshold_sees_only_the_noisy_value(rehearse):
    asker = rehearse(500, -4990)
    assert asker.count("nobody", 0).count == Shown(value=500, margin=22)
    assert asker.count("many", 5000).count == Suppressed(less_than=40)


def test_each_cell_of_each_measurement_has_noise_of_its_own_at_the_scale_paid_for(rehearse):
    asker = rehearse(6, 20, -40, 0)
    table = asker.table("q", [1000, 2000, 3000])
    assert asker.gate._noise.asked == [(10, 1), (10, 3)]
    assert table.total.value == 6005
    # 1020, 1960 and 3000 must add up to 6006: 26/3 each; then to multiples of 5 with sum 6005, the first ones up
    assert [cell.count.value for cell in table.cells] == [1030, 1970, 3005]
    asker.attrition("q", [9000, 8000, 6000])
    assert asker.gate._noise.asked == [(10, 1), (10, 3), (10, 3)]


@pytest.mark.parametrize("precision", Precision)
def test_the_noise_met_is_the_noise_paid_for(asker, precision):
    errors = [
        asker.count(f"q{number}", 5000, precision, user=f"u{number}", project=f"p{number}", institution=f"i{number}")
        for number in range(150)
    ]
    deviation = np.hypot(precision.sigma, 5 / np.sqrt(12))
    assert np.std([answer.count.value - 5000 for answer in errors]) == pytest.approx(deviation, rel=5 / np.sqrt(300))


def test_every_answer_says_what_it_was_made_with(asker):
    receipt = asker.count("q", 5).receipt
    assert (receipt.release_id, receipt.policy_version, receipt.precision, receipt.sigma) == (
        "r1",
        gate_module.DEFAULT_POLICY.version,
        Precision.FINE,
        10,
    )
    assert [len(qid) for qid in receipt.query_ids] == [64]
    assert {b.kind.value: b.remaining for b in receipt.balances} == {
        "project": 10**9 - FINE,
        "user": 10**9 - FINE,
        "institution": 4 * 10**9 - FINE,
    }


def test_the_internal_tier_is_exact_logged_and_free(asker, ledger):
    asker.tier, asker.precision = AccessTier.INTERNAL, None
    assert asker.count("q", 3).count == Shown(value=3, margin=0)
    table = asker.table("q", [0, 3])
    assert [cell.count.value for cell in table.cells] == [0, 3]
    attrition = asker.attrition("q", [10, 3])
    assert [step.count.value for step in attrition.steps] == [10, 3]
    assert table.receipt.exact and table.receipt.charged == 0
    ledger.check_audit()


@pytest.mark.parametrize(
    ("tier", "precision", "code"),
    [
        (AccessTier.PUBLIC, None, "tier-not-interactive"),
        (AccessTier.REGISTERED, Precision.FINE, "precision-not-allowed"),
    ],
)
def test_a_tier_is_refused_what_it_may_not_ask_before_anything_is_counted(asker, tier, precision, code):
    asker.tier, asker.precision = tier, precision
    with pytest.raises(NotAllowed) as refused:
        asker.count("q", 1)
    assert refused.value.code == code
    assert asker.evaluated == 0


def test_the_default_precision_is_the_tiers(asker):
    asker.tier, asker.precision = AccessTier.REGISTERED, None
    assert asker.count("q", 5).receipt.precision is Precision.STANDARD


def test_tables_and_attrition_have_limits(asker):
    with pytest.raises(TooExpensive, match="table-cells"):
        asker.table("q", [1] * 201)
    with pytest.raises(TooExpensive, match="table-cells"):
        asker.table("q", [])
    with pytest.raises(TooExpensive, match="attrition-steps"):
        asker.attrition("q", list(range(13, 0, -1)))
    wide = Breakdown(spec="x", labels=(("a", "b", "c", "d"),))
    with pytest.raises(TooExpensive, match="table-dimensions"):
        asker.gate.release_table(asker.request("q"), wide, evaluate_count=None, evaluate_table=None)


def test_a_principal_needs_all_its_names():
    with pytest.raises(NotAllowed):
        Principal(user="u", project="", institution="i", tier=AccessTier.CONTROLLED)


def test_a_count_that_fails_is_charged_and_can_be_asked_again(asker):
    def fail() -> RawCells:
        raise MemoryError

    with pytest.raises(MemoryError):
        asker.gate.release_count(asker.request("q"), fail)
    assert spent(asker)["project"] == FINE
    assert asker.count("q", 1).receipt.charged == FINE


def test_a_histogram_over_other_labels_is_our_bug(asker):
    def other() -> RawCells:
        return people_in((("a",),), [5])

    with pytest.raises(InternalError, match="gate-labels"):
        asker.gate.release_count(asker.request("q"), other)


def test_raw_cells_cannot_be_written_or_read_from_their_repr():
    raw = people_in((("f",), ("m",)), [3, 7], first=31_337)
    assert "31337" not in repr(raw) + str(raw)
    for attempt in (pickle.dumps, json.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            attempt(raw)
    with pytest.raises(ValueError):
        RawCells(labels=(("f",),), persons=np.array([1], np.uint32), cells=np.array([1.0]))


def test_protected_answers_cannot_be_made_changed_or_pickled_elsewhere(asker):
    safe = asker.count("q", 500)
    with pytest.raises(InternalError):
        SafeCounts(count=safe.count, receipt=safe.receipt, seal=object())
    with pytest.raises(TypeError):
        SafeTable(total=safe.count, cells=(), receipt=safe.receipt)
    with pytest.raises(ValueError):
        dataclasses.replace(safe, count=Shown(value=1, margin=0))
    with pytest.raises(TypeError):
        pickle.dumps(safe)
    with pytest.raises(dataclasses.FrozenInstanceError):
        safe.count = Shown(value=1, margin=0)
    assert not hasattr(safe, "__dict__")
    assert issubclass(SafeAttrition, type(safe).__mro__[1])


def importers(name: str, *, of: str | None = None) -> set[str]:
    """Files of the project that import something called `name`, of the module given or of any."""
    found = set()
    for package in ("engine", "api", "schemas", "cohort_dsl"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom):
                    if of not in (None, node.module):
                        continue
                    names = [node.module or "", *(alias.name for alias in node.names)]
                elif isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                else:
                    continue
                if any(name in each.split(".") for each in names):
                    found.add(path.relative_to(ROOT).as_posix())
    return found


def test_only_the_gate_holds_the_seal_and_only_noise_opens_opendp():
    assert importers("SEAL", of="engine.disclosure.safe") == {"engine/disclosure/gate.py"}
    assert importers("opendp") == {"engine/disclosure/noise.py"}


def test_a_gate_in_service_takes_no_noise_but_opendps(rehearse, ledger, tmp_path):
    with pytest.raises(InternalError, match="noise-not-private"):
        Gate(gate_module.DEFAULT_POLICY, ledger, rehearse().gate._noise, key=b"k" * 32, release_id="r1", population=1)
    assert rehearse().count("q", 500).receipt.policy_version.endswith("+rehearsal")
    served = open_gate(tmp_path / "state", release_id="r1", population=50_003)
    request = GateRequest(
        principal=Principal(user="u", project="p", institution="i", tier=AccessTier.REGISTERED),
        query_hash="q",
        consent_base_id="c",
    )
    answer = served.release_count(request, histogram(((),), [5000]))
    assert abs(answer.count.value - 5000) < 200
    served.close()
    again = open_gate(tmp_path / "state", release_id="r1", population=50_003)
    assert again.release_count(request, lambda: pytest.fail("stored answers need no counting")).count == answer.count
    again.close()


def test_a_period_is_a_year():
    assert calendar_year().isdigit()
