"""Allele frequencies of the public cube: which variants there are, what follows from them, and that nobody's genotype
changes more than is paid for, not even by whether the release has the variant."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.published.app import create_public_app
from api.published.content import Published
from api.published.variants import variant_page
from api.rates import Rates
from engine.catalog.database import Database
from engine.catalog.release import open_release
from engine.disclosure.cube.build import CubePlan
from engine.disclosure.cube.file import Cube
from engine.pipeline.cube import CubeSource, build_cube, plan_cube, public_access
from engine.session import EngineSettings
from schemas.access import VariantLevel
from schemas.cube import CubeFamily, CubeTable
from schemas.errors import AnalysisProblem, DataProblem
from schemas.policy import DEFAULT_POLICY, NANO_RHO, AccessTier, DisclosurePolicy
from schemas.wire import BelowThreshold, Number, Share, ShareWithin, Value
from tests.cube.conftest import LONG_AFTER, PEOPLE, Fixed, tables
from tests.lib.releases import write_release

VARIANTS = (
    {"contig": "1", "position": 100, "ref": "A", "alt": "G", "rsid": "rs100", "gene": "ALPHA", "af_external": 0.3},
    {"contig": "1", "position": 200, "ref": "A", "alt": "G", "rsid": "rs200", "gene": "ALPHA", "af_external": 0.0001},
    {
        "contig": "X",
        "position": 50_000_000,
        "ref": "C",
        "alt": "T",
        "rsid": "rs300",
        "gene": "XRAY",
        "af_external": 0.2,
    },
)
CARRIER = 5
"""The only one who has a copy of rs200."""
NAMES = ("rs100", "rs200", "rs300", "rs999999")
ONE_ALLELE = np.array([(0, 1, 2, -1)[n % 4] for n in range(PEOPLE)], np.int8)
CALLS = np.array(
    [ONE_ALLELE, [int(n == CARRIER) for n in range(PEOPLE)], [2 * int(n % 3 == 0) for n in range(PEOPLE)]], np.int8
)


def with_variants(level: VariantLevel = VariantLevel.COMMON, names: tuple[str, ...] = NAMES) -> DisclosurePolicy:
    """The default policy with these variants, which are open to the public as far as `level` says."""
    families = tuple(
        replace(each, variants=names) if each.family is CubeFamily.GENOTYPES else each
        for each in DEFAULT_POLICY.cube.families
    )
    grants = tuple(
        replace(each, variants=level) if (each.phase, each.tier) == (0, AccessTier.PUBLIC) else each
        for each in DEFAULT_POLICY.grants
    )
    return replace(DEFAULT_POLICY, cube=replace(DEFAULT_POLICY.cube, families=families), grants=grants, sha256="3" * 64)


def write_world(root: Path, release_id: str, *, has_carrier: bool) -> None:
    """Without the carrier there is nobody who has a copy of rs200, and so the release has no such variant."""
    rows = [number for number in range(len(VARIANTS)) if has_carrier or number != 1]
    present = [{**VARIANTS[row], "variant": number} for number, row in enumerate(rows)]
    written = tables()
    permits = [each for each in written["consent"] if has_carrier or each["person"] != CARRIER]
    write_release(
        root,
        {
            **written,
            "consent": permits,
            "variant": present,
            "known_variant": list(VARIANTS),
            "sample": [
                {"sample": n, "person": n, "sex": ("male", "female")[n % 2]}
                for n in range(PEOPLE)
            ],
            "gene": [],
        },
        release_id=release_id,
        calls=CALLS[rows],
    )  # fmt: skip


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("genes")
    write_world(root, "with", has_carrier=True)
    write_world(root, "without", has_carrier=False)
    return root


def built(worlds: Path, state: Path, policy: DisclosurePolicy) -> Cube:
    settings = EngineSettings(releases=worlds, state=state, release_id="with")
    return build_cube(
        settings, policy, state / "cubes", user="s", progress=lambda *_: None, today=lambda: LONG_AFTER, noise=Fixed()
    )


@contextmanager
def planned(worlds: Path, state: Path, release_id: str, policy: DisclosurePolicy) -> Iterator[CubePlan]:
    settings = EngineSettings(releases=worlds, state=state / release_id, release_id=release_id)
    release = open_release(worlds, release_id)
    temporary = settings.state / "temporary"
    temporary.mkdir(parents=True)
    database = Database(release, threads=1, memory_limit="1GB", temporary=temporary)
    source = CubeSource(release, database, settings, public_access(policy, release, LONG_AFTER))
    try:
        yield plan_cube(source, policy, "s")
    finally:
        database.close()


def codes(cube: Cube) -> list[str]:
    return [category.code for category in cube.families[CubeFamily.GENOTYPES].categories]


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (VariantLevel.NONE, []),
        (VariantLevel.SETS, []),
        (VariantLevel.COMMON, ["rs100", "rs300"]),
        (VariantLevel.ANY, ["rs100", "rs200", "rs300", "rs999999"]),
    ],
)
def test_single_variants_are_published_as_far_as_the_policy_opens_them(worlds, tmp_path, level, shown):
    """Whether the release has one plays no part: rs999999 is known to nobody."""
    made = built(worlds, tmp_path, with_variants(level))
    assert list(dict.fromkeys(code.partition("=")[0] for code in codes(made))) == shown
    males_differ = [code for code in codes(made) if code.partition("=")[2].startswith("hemizygous")]
    assert {code.partition("=")[0] for code in males_differ} == ({"rs300"} & set(shown))


def test_a_name_that_is_no_variant_is_a_fault_of_the_policy(worlds, tmp_path):
    with pytest.raises(DataProblem) as caught:
        built(worlds, tmp_path, with_variants(names=("nonsense",)))
    assert caught.value.code == "cube-variant"


@pytest.fixture(scope="module")
def cube(worlds, tmp_path_factory):
    return built(worlds, tmp_path_factory.mktemp("built"), with_variants(VariantLevel.ANY))


def low_and_high(value: Value) -> tuple[int, int]:
    if isinstance(value, Number):
        return value.value - value.margin, value.value + value.margin
    return 0, value.less_than


@pytest.mark.parametrize("number", [0, 1, 2])
def test_alleles_are_those_of_everybody_who_permits_it(cube, number):
    """Without noise, what is shown holds the true numbers; person 0 permits nothing, and missing calls are no alleles
    where reference data know the variant as common."""
    found = {each.name: each for each in variant_page(cube, search="", offset=0, limit=50).variants}
    shown = found[VARIANTS[number]["rsid"]]
    calls = CALLS[number, 1:]
    copies = np.where(np.arange(1, PEOPLE) % 2, 2, 1) if number == 2 else np.full(PEOPLE - 1, 2)
    alternate = np.where(copies == 1, calls // 2, calls)
    called = calls >= 0
    count, all_ = int(alternate[called].sum()), int(copies[called].sum())
    low, high = low_and_high(shown.allele_count)
    assert low <= count <= high
    low, high = low_and_high(shown.allele_number)
    assert low <= all_ <= high
    match shown.frequency:
        case Share(low=low, high=high):
            assert low <= count / all_ <= high
        case ShareWithin(at_least=low, at_most=high):
            assert low <= count / all_ <= high


def test_a_variant_nobody_knows_is_told_by_thresholds_only(cube):
    (unknown,) = variant_page(cube, search="rs999999", offset=0, limit=50).variants
    everybody, *carriers = (cell.count for cell in unknown.genotypes)
    assert isinstance(everybody, Number) and all(isinstance(each, BelowThreshold) for each in carriers)
    assert isinstance(unknown.allele_count, BelowThreshold)
    (rare,) = variant_page(cube, search="rs200", offset=0, limit=50).variants
    assert [cell.count for cell in rare.genotypes] == [everybody, *carriers]
    assert rare.frequency == unknown.frequency


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("", ["rs100", "rs200", "rs300", "rs999999"]),
        ("alpha", ["rs100", "rs200"]),
        ("1-100-A-G", ["rs100"]),
        ("RS30", ["rs300"]),
        ("%", []),
        ("no copy", []),
    ],
)
def test_variants_are_found_by_name_gene_and_alleles(cube, search, names):
    page = variant_page(cube, search=search, offset=0, limit=50)
    assert [each.name for each in page.variants] == names and page.found == len(names)
    second = variant_page(cube, search=search, offset=1, limit=1)
    assert [each.name for each in second.variants] == names[1:2]


def test_one_person_tells_no_more_than_the_whole_price(worlds, tmp_path):
    """Two worlds that differ in the record of the only carrier, and so in whether the release has rs200: all tables of
    all families together, each distance weighed by its own noise, cost at most what the cube does."""
    policy = with_variants(VariantLevel.ANY)
    told, changed = 0.0, set()
    with planned(worlds, tmp_path, "with", policy) as whole, planned(worlds, tmp_path, "without", policy) as less:
        assert [each.categories for each in whole.families] == [each.categories for each in less.families]
        for one, other in zip(whole.families, less.families, strict=True):
            for table in one.rules.tables:
                counts = (each.place().count(table, whole.columns) for each in (one, other))
                change = np.subtract(*counts)
                assert set(np.unique(change)) <= {0, 1} and change.sum() <= one.rules.most
                told += float((change**2).sum()) / (2 * one.rules.sigma_of(table) ** 2)
                changed |= {one.rules.family} if change.any() else set()
    assert 0 < told * NANO_RHO <= policy.cube.cost() <= policy.cube.budget
    assert CubeFamily.GENOTYPES in changed


def test_genotypes_have_the_tables_that_were_paid_for(cube):
    assert len(cube.cells(CubeFamily.GENOTYPES, 0, CubeTable.TOTAL)) == 1
    assert cube.cells(CubeFamily.GENOTYPES, 0, CubeTable.REGION) == ()
    assert cube.manifest.sigma_of(cube.families[CubeFamily.GENOTYPES].entry) == 50


@pytest.fixture
def public(cube):
    app = create_public_app(Published(DEFAULT_POLICY, cube), Rates(), report_keys=Path("no-such-file"))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_frequencies_travel_over_http(public):
    found = public.get("/v1/public/variants", params={"search": "rs100"}).json()
    assert found["found"] == 1 and found["variants"][0]["label"] == "rs100 ALPHA 1-100-A-G"
    assert set(found["variants"][0]["frequency"]) == {"value", "low", "high"}
    assert public.get("/v1/public/variants", params={"search": "x" * 101}).status_code == 422
    tables_of = public.get("/v1/public/tables/genotypes/category", params={"code": "rs100=heterozygous"}).json()
    assert tables_of["tables"] == []


def test_the_page_of_variants_is_searched_in_both_languages(public):
    page = public.get("/public/variants?search=ALPHA").text
    assert "2 variants" in page and "rs100 ALPHA 1-100-A-G" in page and "rs300" not in page
    assert "one copy: 180 ± 108" in page
    korean = public.get("/public/variants?search=rs1&lang=ko").text
    assert "대립유전자 빈도" in korean and "변이 1개: 180 ± 108" in korean
    nobody = public.get("/public/variants", params={"search": "<script>", "lang": "en"}).text
    assert "says nothing about whether anybody carries them" in nobody and "<script>\u201d" not in nobody


def test_where_nothing_is_listed_the_page_says_what_there_is(releases, tmp_path):
    settings = EngineSettings(releases=releases, state=tmp_path, release_id="phase1")
    made = build_cube(
        settings, DEFAULT_POLICY, tmp_path / "cubes", user="s", progress=lambda *_: None,
        today=lambda: datetime.date(2028, 6, 1), noise=Fixed(),
    )  # fmt: skip
    with pytest.raises(AnalysisProblem) as caught:
        variant_page(made, search="", offset=0, limit=1)
    assert caught.value.code == "cube-variants-closed"
    app = create_public_app(Published(DEFAULT_POLICY, made), Rates(), report_keys=Path("no-such-file"))
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/v1/public/variants").status_code == 404
        page = client.get("/public/variants")
        assert page.status_code == 200 and "no allele of this release is counted for everybody" in page.text
