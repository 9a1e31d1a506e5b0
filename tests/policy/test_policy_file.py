"""A policy file is read strictly: every fault is told with its line and key, and the hash follows what is said."""

import doctest
import tomllib
from pathlib import Path

import pytest

from schemas import consent, toml_places
from schemas.errors import DataProblem
from schemas.policy import DEFAULT_POLICY, NANO_RHO, AccessTier
from schemas.policy_file import DEFAULT_FILE, parse_policy, read_policy

TEXT = DEFAULT_FILE.read_text()


def problem(old: str, new: str, *, nth: int = 1) -> DataProblem:
    """What is said when the nth occurrence of a line is changed."""
    assert TEXT.count(old) >= nth, old
    before = TEXT.split(old)
    text = old.join(before[:nth]) + new + old.join(before[nth:])
    with pytest.raises(DataProblem) as caught:
        parse_policy(text, name="p.toml")
    return caught.value


def line_of(text: str, *, nth: int = 1) -> int:
    return [number for number, line in enumerate(TEXT.splitlines(), start=1) if text in line][nth - 1]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("floor = 20\n", "floor = true\n", "tier.public.floor"),
        ("floor = 20\n", "floor = 0\n", "tier.public.floor"),
        ("rounding = 5\n", "rounding = 5.5\n", "tier.controlled.rounding"),
        ('genotypes = "common"', 'genotypes = "rare"', "tier.registered.genotypes"),
        ('precisions = ["coarse", "standard"]', 'precisions = ["coarse", "exact"]', "tier.registered.precisions[2]"),
        ("deadlines = { quick = 1.0 }", "deadlines = { quik = 1.0 }", "tier.registered.deadlines.quik"),
        ("budget = { project = 0.5,", "budget = { project = 0.1234567891,", "tier.registered.budget.project"),
        ("budget = { project = 1,", "budget = { project = -1,", "tier.controlled.budget.project"),
        ('dates = "month"\n', 'dates = "weekly"\n', "phase[1].grant[2].dates"),
        ("from = 2027-09-01\n", 'from = "2027-09-01"\n', "phase[3].grant[2].from"),
        ("number = 2\n", "number = -2\n", "phase[3].number"),
        ("person_cap = 2 ", "person_cap = inf ", "person_cap"),
        (
            'rates = { questions = ["10/minute"',
            'rates = { questions = ["10/second"',
            "tier.registered.rates.questions[1]",
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_line_and_key(old, new, place):
    told = problem(old, new)
    assert told.code == "policy-form"
    assert f"p.toml, line {line_of(old.strip())}: {place}: " in told.message
    assert new.split("=")[-1].strip(' "\n') not in told.message.split(place)[1] or new.strip()[-1].isalpha()


def test_unknown_and_missing_keys_are_told():
    assert (
        f"line {line_of('floor = 10')}: tier.controlled.flor: there is no such key"
        in problem("floor = 10\n", "flor = 10\n").message
    )
    assert "tier.controlled.floor: this is missing" in problem("floor = 10\n", "\n").message
    assert "tier.internal: this is missing" in problem("[tier.internal]", "[tier.stewards]").message
    assert "tier.stewards: there is no such key" in problem("[tier.internal]", "[tier.stewards]").message
    assert "version: this is missing" in problem('version = "2026.4"\n', "\n").message


@pytest.mark.parametrize("key", sorted(tomllib.loads(TEXT)["tier"]["registered"]))
def test_no_key_of_a_tier_has_a_silent_default(key):
    line = next(line for line in TEXT.splitlines()[line_of("[tier.registered]") :] if line.startswith(f"{key} ="))
    start = TEXT.index("[tier.registered]")
    text = TEXT[:start] + TEXT[start:].replace(line + "\n", "", 1)
    with pytest.raises(DataProblem, match=r"tier.registered"):
        parse_policy(text, name="p.toml")


def test_what_is_no_toml_is_told_with_its_line():
    assert "line 7" in problem('version = "2026.4"', "version").message
    with pytest.raises(DataProblem, match="cannot be read: there is none"):
        read_policy(Path("no") / "such.toml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('default_precision = "standard"\n', 'default_precision = "finest"\n', "default precision is not among"),
        ("project = 0.5, user = 0.5, institution = 2", "project = 0.5, user = 0.5, institution = 0.4", "institution's"),
        ('genotypes = "common"\n', 'genotypes = "none"\n', "disagree on whether genotypes are counted"),
        ("exact = false\nprecisions = [\"coarse\", \"standard\"]", "exact = true\nprecisions = []", "exact"),
        ("compares_release_frequencies = false\ndictionaries = [\"concepts\", \"survey questions\", \"genes\", "
         "\"variants\", \"panels\", \"scores\"]\ndeadlines = { quick = 1.0 }",
         "compares_release_frequencies = true\ndictionaries = []\ndeadlines = { quick = 1.0 }", "exact answers only"),
        ('consent_permissions = ["GRU", "HMB"]', 'consent_permissions = ["GRU", "NPU"]', "are uses"),
        ('"200/day"', '"5/day"', "5/day leaves nothing for 10/minute to limit"),
        ('"200/day"', '"20/minute"', "two rates a minute"),
        ('lookups = ["600/minute"]', "lookups = []", "tier registered: `rates.lookups`: nothing is ever unlimited"),
        ('questions = ["10/minute", "200/day"]', "questions = []", "exactly when it answers questions"),
        ('questions = []', 'questions = ["1/day"]', "exactly when it answers questions"),
        ('failed_sign_ins = ["30/minute"]', "failed_sign_ins = []", "`failed_sign_ins`: nothing is ever unlimited"),
        ("number = 2\n", "number = 1\n", "phase 1 is there twice"),
        ("from = 2027-01-01\n", "from = 2026-09-01\n", "is there twice"),
        ('variants = "sets"', 'variants = "none"', "`variants` is `none` exactly where"),
        ('domains = ["persons", "conditions", "drugs", "procedures", "visits", "deaths"]',
         'domains = ["conditions"]', "`persons` are not among"),
        ('precisions = ["coarse"]\n', 'precisions = ["fine"]\n', "precision that its tier does not have"),
        ('precisions = ["coarse"]\n', "budget = { project = 1, user = 0.5, institution = 2 }\n", "larger than that of"),
        ("  from = 2028-03-01\n", "  from = 2028-02-01\n", "phase 3 opens to the registered tier from 2028-02-01"),
        ("age_width = 1\n", "age_width = 20\n", "phase 0 opens to the registered tier what the controlled tier may"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_told(old, new, words):
    told = problem(old, new)
    assert told.code == "policy-contradiction"
    assert words in told.message


def test_the_hash_follows_what_is_said_and_not_how():
    rewritten = "\n".join(line.split(" # ")[0].strip() for line in TEXT.splitlines() if not line.startswith("#"))
    assert parse_policy(rewritten, name="p").sha256 == DEFAULT_POLICY.sha256
    changes = {
        "floor = 10\n": "floor = 11\n",
        "institution = 4 }": "institution = 4.000000001 }",
        "from = 2027-09-01": "from = 2027-09-02",
        "person_cap = 2 ": "person_cap = 1.9 ",
        "quick = 1.0, medium": "quick = 1.5, medium",
        '"200/day"': '"201/day"',
        'failed_sign_ins = ["30/minute"]': 'failed_sign_ins = ["31/minute"]',
        'title = "whole genomes: any variant"': 'title = "genomes"',
        'version = "2026.4"': 'version = "2026.5"',
    }
    hashes = {parse_policy(TEXT.replace(old, new, 1), name="p").sha256 for old, new in changes.items()}
    assert len(hashes | {DEFAULT_POLICY.sha256}) == 1 + len(changes)


def test_budgets_are_exact_to_the_last_nano_rho():
    policy = parse_policy(TEXT.replace("project = 0.5, user = 0.5", "project = 0.3, user = 0.100000001"), name="p")
    budget = policy.of(AccessTier.REGISTERED).budget
    assert (budget.project, budget.user, budget.institution) == (300_000_000, 100_000_001, 2 * NANO_RHO)


def test_the_examples_in_docstrings_hold():
    for module in (consent, toml_places):
        done = doctest.testmod(module)
        assert (done.failed, done.attempted > 0) == (0, True)


def test_the_file_that_comes_with_the_program_bears_its_version_in_its_name():
    assert DEFAULT_FILE.stem == DEFAULT_POLICY.version
