"""Attacks on genotype answers that must fail: membership from allele frequencies, differencing, and telling an absent
variant from one that a single person carries."""

import datetime
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.auth import open_local_tokens
from api.listener import REASON_HEADER, Listener
from api.settings import ServerSettings
from engine.aggregate.genotypes import GENOTYPE_LABELS
from engine.disclosure.display import Display
from engine.disclosure.gate import Gate
from engine.disclosure.genotypes import protected_variant
from engine.disclosure.ledger import Ledger
from engine.disclosure.noise import NoiseSource
from engine.disclosure.request import Breakdown, Principal
from engine.genotypes.store import GenotypeStore
from schemas.policy import CONTROLLED_TIER, DEFAULT_POLICY, AccessTier, Precision
from tests.disclosure.conftest import ScriptedNoise
from tests.disclosure.test_attacks import ROUNDS, check_noise_is_whole, check_under_the_curve
from tests.genotypes.vcf_release import ingest, write_vcf
from tests.lib.releases import write_release
from tests.lib.servers import application

LABELS = tuple((label,) for label in GENOTYPE_LABELS)
TABLE = Breakdown(spec="genotype", labels=LABELS, variants=(0.2,))
HOMOZYGOUS, REFERENCE = 2, 0


def cells_with(victim: int | None) -> list[int]:
    """1,000 people known to the attacker, and the victim in the cell given, if in the cohort at all."""
    cells = [540, 320, 140, 0, 0, 0, 0, 0]
    if victim is not None:
        cells[victim] += 1
    return cells


PRECISION = Precision.FINEST
VARIANTS = (CONTROLLED_TIER.budget.project - PRECISION.cost(1)) // PRECISION.cost(2)
"""As many as a year's budget pays for, the count included."""


def scores_of(victim: int, noise: NoiseSource) -> tuple[float, float]:
    """What Homer's attack makes of the answers: the mean frequency, and the mean of the cells weighted by what tells
    the two worlds apart."""
    display = Display(rules=CONTROLLED_TIER, sigma=PRECISION.sigma, population=50_000)
    (of_count,), frequencies, cells = noise.draw(PRECISION.sigma, 1), [], []
    true = cells_with(victim)
    for _ in range(VARIANTS):
        noisy = tuple(cell + each for cell, each in zip(true, noise.draw(PRECISION.sigma, len(LABELS)), strict=True))
        answer = protected_variant("rs1", TABLE, (sum(true) + of_count, noisy), display)
        frequencies.append(answer.frequency.value)
        cells.append(answer.cells[HOMOZYGOUS].count.value - answer.cells[REFERENCE].count.value)
    dither = (of_count % 7) / 7e6  # breaks ties of rounded values, without using the victim
    return float(np.mean(frequencies)) + dither, float(np.mean(cells)) + dither


def test_membership_from_allele_frequencies_at_a_full_budget_stays_under_the_curve(noise):
    """At its strongest: everybody else's genotypes are known, and the victim, homozygous everywhere, is in the cohort
    or has been replaced by somebody without an alternate allele."""
    rho = (PRECISION.cost(1) + VARIANTS * PRECISION.cost(2)) / 1e9
    assert 0.95 < rho <= CONTROLLED_TIER.budget.project / 1e9
    worlds = [np.array([scores_of(victim, noise) for _ in range(ROUNDS // 8)]) for victim in (REFERENCE, HOMOZYGOUS)]
    for without, with_victim in zip(*(world.T for world in worlds), strict=True):
        check_under_the_curve(without, with_victim, rho)


def test_the_same_attack_would_succeed_without_noise():
    without, with_victim = (scores_of(victim, ScriptedNoise()) for victim in (REFERENCE, HOMOZYGOUS))
    assert with_victim > without


def test_differencing_genotype_tables_meets_all_the_noise(asker):
    """The cohort with the victim less the cohort without: the difference of two cells has the noise of two cells."""
    asker.precision = Precision.FINEST
    differences = []
    for world in range(120):
        names = {"user": f"u{world}", "project": f"p{world}", "institution": f"i{world}"}
        tables = [
            asker.table(f"{world} {victim}", [cell + 400 for cell in cells_with(victim)], spec="genotype", **names)
            for victim in (HOMOZYGOUS, None)
        ]
        whole, less = ([cell.count.value for cell in each.cells] for each in tables)
        differences.append(whole[HOMOZYGOUS] - less[HOMOZYGOUS])
    # a cell of eight has 0.94 of the deviation of its noise after it was made to agree with the count
    check_noise_is_whole(np.array(differences), 5 * np.sqrt(2) * np.sqrt(1 - 1 / 8 + 1 / 64))


def test_the_sum_of_the_cells_is_the_count_and_no_second_measurement_of_it(asker):
    for world in range(40):
        table = asker.table(f"sum {world}", [900, 800, 700, 600, 500, 400, 300, 200], user=f"u{world}",
                            project=f"p{world}", institution=f"i{world}")  # fmt: skip
        assert sum(cell.count.value for cell in table.cells) == table.total.value


# --- two worlds over HTTP ---------------------------------------------------------------------------

PEOPLE, SAMPLES = 3_000, 2_700
DAY = datetime.date(2010, 1, 1)
ALL = 'cohort "all"\nindex first condition in concept 1\n'
OTHERS = 'cohort "others"\nindex first condition in concept 1 where age >= 30\n'
COMMON, CARRIED, ABSENT, NOBODY_KNOWS, ON_X = "rs100", "rs200", "rs210", "rs999", "rs300"
X_CARRIED, X_ABSENT, Y_CARRIED, Y_ABSENT = "X-5000000-A-G", "X-5000001-A-G", "Y-5000000-A-G", "Y-5000001-A-G"
CARRIER = 7
"""A man of 20 to 30 years, the only carrier of all variants but the common one."""


def _release(root: Path) -> None:
    """Every twentieth call of every variant is missing. The annotation knows the common variant, the carried one on
    chromosome 2, and one beside it that the release does not have."""
    day = {"start_date": DAY, "end_date": DAY}
    born = [datetime.date(1985 if n % 100 == CARRIER else 1950, 1, 1) for n in range(PEOPLE)]
    sites = {"rs100": "1-1000", "rs200": "2-2000", "rs300": "X-5000000", "rs400": "Y-5000000"}
    calls = np.zeros((len(sites), SAMPLES), np.int8)
    calls[:, 3::20] = -1
    calls[0, ::5], calls[0, ::25] = 1, 2
    calls[1, CARRIER], calls[2:, CARRIER] = 1, 2
    variants = [
        {"contig": contig, "position": int(position), "ref": "A", "alt": "G", "rsid": rsid}
        for rsid, (contig, position) in ((rsid, site.split("-")) for rsid, site in sites.items())
    ]
    known = [{**variants[0], "af_external": 0.2}, {**variants[1], "af_external": 0.0001},
             {**variants[1], "position": 2_001, "rsid": ABSENT, "af_external": 0.0001}]  # fmt: skip
    write_release(
        root,
        {
            "person": [
                {"person": n, "gender_concept_id": 8507 if n % 2 else 8532, "birth_date": born[n],
                 "year_of_birth": born[n].year}
                for n in range(PEOPLE)
            ],
            "observation_period": [
                {"person": n, "start_date": datetime.date(2000, 1, 1), "end_date": datetime.date(2020, 1, 1)}
                for n in range(PEOPLE)
            ],
            "condition": [{"person": n, "concept_id": 1, **day} for n in range(PEOPLE)],
            "concept": [{"concept_id": 1, "vocabulary_id": "TEST", "concept_code": "1", "standard_concept": "S"}],
            "consent": [{"person": n, "permission": "GRU", "granted_on": DAY} for n in range(PEOPLE)],
            "variant": variants,
            "known_variant": known,
            "sample": [{"sample": n, "person": n, "sex": "male" if n % 2 else "female"} for n in range(SAMPLES)],
            "gene": [],
        },
        calls=calls,
    )  # fmt: skip


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """Asks a server whose gate draws zeros for noise, each time as another project, so that equal true answers are
    equal in every byte; and the server of the trusted environment."""
    root = tmp_path_factory.mktemp("worlds")
    _release(root / "releases")
    settings = ServerSettings(releases=root / "releases", state=root / "state", fixed_deadlines=False)
    app, tokens, asked = application(settings), open_local_tokens(settings.state), iter(range(100, 1_000))
    inside = application(settings, listener=Listener.INTERNAL)
    with (
        TestClient(app, raise_server_exceptions=False) as client,
        TestClient(inside, raise_server_exceptions=False) as internal,
    ):
        service = app.state.service
        gate = Gate(DEFAULT_POLICY, Ledger(root / "rehearsal"), ScriptedNoise(), key=b"k" * 32, release_id="tiny",
                    population=PEOPLE, is_rehearsal=True)  # fmt: skip
        app.state.service = replace(service, session=replace(service.session, gate=gate))

        def post(question: str, variant: str, text: str = ALL, tier: AccessTier = AccessTier.CONTROLLED):
            name = f"p{next(asked)}"
            principal = Principal(user=name, project=name, institution=name, tier=tier)
            headers = {"authorization": f"Bearer {tokens.issue(principal, hours=1)}"}
            if tier is AccessTier.INTERNAL:
                headers[REASON_HEADER] = "a%20test%20of%20exact%20numbers"
            asking = internal if tier is AccessTier.INTERNAL else client
            extra = {"variants": [variant]} if question == "genotypes" else {}
            if question == "breakdown":
                extra = {"by": ["genotype of variant " + (variant if variant.startswith("rs") else f'"{variant}"')]}
            return asking.post(f"/v1/cohorts/{question}", json={"text": text, **extra}, headers=headers)

        yield post
        gate.close()


def everything_of(reply, variant: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; the name asked for, which has as many letters everywhere, left out."""
    headers = {name: value for name, value in reply.headers.items() if name not in ("date", "x-request-id")}
    return reply.status_code, headers, reply.content.replace(variant.encode(), b"#")


@pytest.mark.parametrize("question", ["genotypes", "breakdown"])
@pytest.mark.parametrize("text", [ALL, OTHERS], ids=["with the carrier", "without the carrier"])
@pytest.mark.parametrize(
    "alike", [(CARRIED, ABSENT, NOBODY_KNOWS, ON_X), (X_CARRIED, X_ABSENT), (Y_CARRIED, Y_ABSENT)], ids=["rs", "X", "Y"]
)
def test_absent_variants_look_like_those_one_person_carries(ask, question, text, alike):
    replies = {variant: everything_of(ask(question, variant, text), variant) for variant in alike}
    assert next(iter(replies.values()))[0] == 200
    assert len({repr(reply) for reply in replies.values()}) == 1


def test_they_are_different_where_numbers_are_exact(ask):
    """So the test above compares answers that could differ: by hundreds of missing calls and copies, not by one."""
    inside = {
        variant: [cell["count"]["value"] for cell in _genotypes(ask, variant, AccessTier.INTERNAL)["genotypes"]]
        for variant in (CARRIED, ABSENT, ON_X, NOBODY_KNOWS)
    }
    assert inside[CARRIED] == [2_564, 1, 0, 0, 0, 135, 0, 300]
    assert inside[ABSENT] == inside[NOBODY_KNOWS] == [2_700, 0, 0, 0, 0, 0, 0, 300]
    assert inside[ON_X] == [1_350, 0, 0, 1_214, 1, 135, 0, 300]


def test_missing_calls_of_a_common_variant_are_shown(ask):
    variant = _genotypes(ask, COMMON, AccessTier.REGISTERED)
    shown = {cell["label"][0]: cell["count"].get("value") for cell in variant["genotypes"]}
    assert abs(shown["no call"] - 135) <= 20
    assert variant["missing"]["low"] <= 135 / 2_700 <= variant["missing"]["high"]


@pytest.mark.parametrize("question", ["genotypes", "breakdown"])
def test_a_refusal_does_not_tell_what_the_release_has(ask, question):
    refused = {
        repr(everything_of(ask(question, variant, tier=AccessTier.REGISTERED), variant))
        for variant in (CARRIED, ABSENT, NOBODY_KNOWS, ON_X)
    }
    assert len(refused) == 1
    assert "genotype-not-common" in refused.pop()


@pytest.mark.parametrize(
    "criterion",
    [
        "no call at variant {}",
        "not (carries variant {})",
        "unknown (carries variant {})",
        "unknown (carries variant ({}, rs100))",
        "unknown (carries at least 2 alleles of variants in ({}, rs100))",
        "not (carries variant {} in cis with variant rs100)",
    ],
)
def test_criteria_do_not_tell_whether_a_variant_is_there(ask, criterion):
    answers = {
        variant: everything_of(ask("count", "", f'{ALL}include "it" when {criterion.format(variant)}\n'), variant)
        for variant in (CARRIED, ABSENT)
    }
    bodies = [{**json.loads(body), "query": ""} for _, _, body in answers.values()]
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("tier", [AccessTier.REGISTERED, AccessTier.CONTROLLED])
def test_variants_are_not_chosen_by_frequencies_of_the_release(ask, tier):
    """One person more and the variant is above the limit, and with it all its carriers are out of the cohort."""
    reply = ask("count", "", f'{ALL}include "it" when carries variant where af < 5%\n', tier=tier)
    assert (reply.status_code, reply.json()["code"]) == (403, "release-frequency")
    assert "external af" in reply.json()["hint"]
    assert ask("count", "", f'{ALL}include "it" when carries variant where external af < 5%\n').status_code == 200


def genes_listed(folder: Path, *records: str) -> tuple[str, ...]:
    """What a release of these records, each with the gene that it lies in, tells of genes."""
    folder.mkdir()
    header = '##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele|Consequence|SYMBOL">\n'
    (folder / "known.csv").write_text("contig,position,ref,alt,gene\n1,55039974,G,T,PCSK9\n")
    vcf = write_vcf(folder / "calls.vcf", ("victim", "other"), *records, header=header)
    done = ingest(folder / "releases", [vcf], ("victim", "other"), annotation=folder / "known.csv")
    return tuple(gene.gene for gene in GenotypeStore.open(done.release).genes())


def test_no_gene_is_listed_because_somebody_has_a_variant_in_it(tmp_path):
    everybody = "1 55039974 . G T . . 0/1 1/1"
    victim = "3 100 . A G . CSQ=G|missense_variant|MLH1 0/1 0/0"
    without = genes_listed(tmp_path / "without", everybody)
    assert genes_listed(tmp_path / "with", everybody, victim) == without == ("PCSK9",)


def _genotypes(ask, variant: str, tier: AccessTier) -> dict:
    reply = ask("genotypes", variant, tier=tier)
    assert reply.status_code == 200, reply.text
    (found,) = reply.json()["variants"]
    return found
