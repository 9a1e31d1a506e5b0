"""What the cube costs is what its noise costs, and what a person changes is no more than is paid for."""

import datetime
import math

import numpy as np
import opendp.prelude as dp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opendp.measurements import make_gaussian

from engine.aggregate.cells import DimensionColumn
from engine.aggregate.cube import RawFamily, place_family
from engine.catalog.people import People
from engine.catalog.published import Pairs
from engine.personset import PersonSet
from engine.pipeline.cube import cube_columns
from schemas.cube import CubeFamily, CubeTable
from schemas.errors import DataProblem
from schemas.policy import DEFAULT_POLICY, NANO_RHO, AccessTier
from schemas.policy_file import DEFAULT_FILE, parse_policy

CUBE = DEFAULT_POLICY.cube
PERSONS = 30
NAMES = tuple(f"category {n}" for n in range(12))


def test_the_cube_costs_no_more_than_its_budget():
    assert CUBE.cost() <= CUBE.budget == round(0.24 * NANO_RHO)


def test_the_price_covers_what_the_noise_library_says():
    """One person in as many cells as they may be, at distance sqrt(cells), by OpenDP's own privacy map."""
    dp.enable_features("contrib")
    domain = dp.vector_domain(dp.atom_domain(T=int))
    told = 0.0
    for rules in CUBE.families:
        for table in rules.tables:
            noise = make_gaussian(domain, dp.l2_distance(T=float), scale=float(rules.sigma_of(table)))
            one = noise.map(math.sqrt(rules.most)) * NANO_RHO
            assert one <= rules.price(table) + 1e-3 and rules.price(table) - one < 1
            told += one
    assert told <= CUBE.cost() + 1e-3


def test_the_public_threshold_is_that_of_the_design():
    public = DEFAULT_POLICY.of(AccessTier.PUBLIC)
    assert (CUBE.sigma, public.threshold(CUBE.sigma), public.rounding) == (25, 97, 20)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("budget = 0.24", "budget = 0.239", "cube: its tables cost rho 0.239781, more than its budget of 0.239"),
        ("sigma = 25", "sigma = 24", "cube: its tables cost rho"),
        ("table_sigma = 31", "table_sigma = 30", "cube: its tables cost rho"),
        ("table_sigma = 31\n", "", "cube: its tables cost rho"),
        ("most = 32", "most = 33", "cube: its tables cost rho"),
        ("  sigma = 50", "  sigma = 49", "cube: its tables cost rho"),
        ("table_sigma = 57", "table_sigma = 56", "cube: its tables cost rho"),
        ('  tables = ["total"]\n', "", "cube: its tables cost rho"),
        ('name = "drugs"', 'name = "conditions"', "cube: a family is there twice"),
        ('name = "drugs"', 'name = "genomes"', "cube.family[3].name"),
        (
            'tables = ["total"]',
            'tables = ["region"]',
            "family `genotypes`: `tables` are the total and what comes after it",
        ),
        ('tables = ["total"]', 'tables = ["total", "total"]', "each once and in order"),
        ('tables = ["total"]', 'tables = ["decade"]', "cube.family[8].tables[1]"),
        ('tables = ["total"]', 'tables = ["total", "year"]', "family `genotypes`: it has no day"),
        ('"region", "race"]', '"region", "year"]', "family `resource`: it has no day"),
        ('"region", "race"]', '"race", "region"]', "each once and in order"),
        ('"sex and age", "region", "year"]', '"year"]', "family `conditions`: only genotypes may be without"),
        ("most = 24", 'most = 24\n  variants = ["rs671"]', "`variants` are named for genotypes and for nothing else"),
        ('"rs671", ', '"rs671", "rs671", ', "family `genotypes`: an entry of its list is there twice"),
        ('"rs671", ', '"rs1", "rs2", "rs3", "rs4", "rs5", ', "has a genotype of all 16 variants, and `most` is 15"),
        ('"LOINC:39156-5"', '"X:8280-0"', "family `measurements`: an entry of its list is there twice"),
        ('"LOINC:39156-5"', '"39156-5"', "cube.family[4].codes[1]"),
        ("most = 26", 'most = 26\n  codes = ["LOINC:1-1"]', "family `survey`: its list cannot be told by `codes`"),
        ("age_width = 10\n\n", "age_width = 1\n\n", "cube.age_width"),
        ("sigma = 25\n", "", "cube.sigma: this is missing"),
    ],
)
def test_a_policy_that_tells_more_than_it_may_is_no_policy(old, new, said):
    text = DEFAULT_FILE.read_text()
    before, cube = text.split("[cube]\n")
    assert old in cube
    with pytest.raises(DataProblem) as caught:
        parse_policy(f"{before}[cube]\n{cube.replace(old, new, 1)}", name="p.toml")
    assert said in caught.value.message


def test_a_family_has_as_many_variants_as_a_person_may_be_counted_in():
    text = DEFAULT_FILE.read_text().replace('"rs671", ', '"rs1", "rs2", "rs3", "rs4", ')
    genotypes = parse_policy(text, name="p.toml").cube.of(CubeFamily.GENOTYPES)
    assert genotypes is not None and len(genotypes.variants) == genotypes.most == 15


@st.composite
def worlds(draw):
    """Who is in which category, who permits it, how many are kept, and whose record is left out."""
    pairs = draw(st.sets(st.tuples(st.integers(0, PERSONS - 1), st.integers(0, len(NAMES) - 1)), max_size=200))
    base = draw(st.sets(st.integers(0, PERSONS - 1)))
    first = {pair: draw(st.sampled_from((1890, 2001, 2002, 2014, 2026, 2031))) for pair in sorted(pairs)}
    return first, base, draw(st.integers(1, 6)), draw(st.integers(0, PERSONS - 1))


@pytest.fixture(scope="module")
def columns():
    random = np.random.default_rng(5)
    people = People(
        sexes=("male", "female", "unknown"),
        sex=random.integers(0, 3, PERSONS).astype(np.int8),
        born=random.integers(-20_000, 15_000, PERSONS).astype(np.int32),
        regions=("Busan", "Seoul", "unknown"),
        region=random.integers(0, 3, PERSONS).astype(np.int32),
        races=("Korean", "other", "unknown"),
        race=random.integers(0, 3, PERSONS).astype(np.int8),
    )
    return cube_columns(people, 10, datetime.date(2026, 1, 1))


def placed(first, base, most) -> RawFamily:
    """`first` is the year of each person's first record of each category."""
    members = Pairs(
        persons=np.array([person for person, _ in first], np.uint32),
        categories=np.array([category for _, category in first], np.int32),
        years=np.array(list(first.values()), np.int32),
    )
    permitting = PersonSet.from_indices(np.array(sorted(base), np.uint32), PERSONS)
    return place_family(CubeFamily.CONDITIONS, NAMES, members, base=permitting, most=most)


@settings(deadline=None)
@given(world=worlds())
def test_leaving_a_record_out_changes_at_most_so_many_cells_by_one(columns, world):
    first, base, most, person = world
    whole = placed(first, base, most)
    without = placed({pair: year for pair, year in first.items() if pair[0] != person}, base, most)
    for table in CubeTable:
        change = whole.count(table, columns) - without.count(table, columns)
        assert set(np.unique(change)) <= {0, 1}
        assert change.sum() == (change**2).sum() <= most


@settings(deadline=None)
@given(world=worlds(), others=worlds())
def test_replacing_a_record_changes_at_most_twice_as_many(columns, world, others):
    first, base, most, person = world
    replaced = {pair: year for pair, year in first.items() if pair[0] != person}
    replaced |= {pair: year for pair, year in others[0].items() if pair[0] == person}
    for table in CubeTable:
        before, after = (placed(each, base, most).count(table, columns) for each in (first, replaced))
        assert ((before - after) ** 2).sum() <= 2 * most


@settings(deadline=None)
@given(world=worlds())
def test_counts_are_those_of_an_obvious_reference(columns, world):
    """Everybody of the base is in as many of their categories as may be, and nobody else is anywhere."""
    first, base, most, _ = world
    raw = placed(first, base, most)
    kept = set(zip(raw.persons.tolist(), raw.categories.tolist(), strict=True))
    assert kept <= {pair for pair in first if pair[0] in base}
    for person in range(PERSONS):
        of = sum(pair[0] == person for pair in first) if person in base else 0
        assert sum(pair[0] == person for pair in kept) == min(of, most)
    sex, age = columns.persons[CubeTable.SEX_AND_AGE]
    expected = np.zeros((len(NAMES), len(sex.labels) * len(age.labels)), np.int64)
    for person, category in kept:
        expected[category, sex.cell[person] * len(age.labels) + age.cell[person]] += 1
    assert np.array_equal(raw.count(CubeTable.SEX_AND_AGE, columns), expected)
    assert np.array_equal(raw.count(CubeTable.TOTAL, columns).ravel(), expected.sum(axis=1))
    years = np.zeros((len(NAMES), len(columns.years)), np.int64)
    for pair in kept:
        years[pair[1], columns.years.index(year_label(first[pair]))] += 1
    assert np.array_equal(raw.count(CubeTable.YEAR, columns), years)


def year_label(year: int) -> str:
    """Years end with that of the release, 2026."""
    return "earlier" if year < 2002 else str(min(year, 2026))


def test_what_has_no_day_has_no_table_by_year(columns):
    nobody = Pairs(persons=np.zeros(0, np.uint32), categories=np.zeros(0, np.int32))
    raw = place_family(CubeFamily.RESOURCE, NAMES, nobody, base=PersonSet.all(PERSONS), most=1)
    assert raw.count(CubeTable.RACE, columns).shape == (len(NAMES), 3)
    with pytest.raises(ValueError, match="resource have no day"):
        raw.count(CubeTable.YEAR, columns)


def test_true_numbers_cannot_be_written_or_shown():
    raw = placed({(1, 2): 2020}, {1}, 1)
    assert "true numbers" in repr(raw)
    with pytest.raises(TypeError, match="cannot be serialised"):
        raw.__reduce__()


def test_a_column_is_whole(columns):
    for each in (column for table in columns.persons.values() for column in table):
        assert isinstance(each, DimensionColumn)
        assert each.cell.min() >= 0 and each.cell.max() < len(each.labels)
