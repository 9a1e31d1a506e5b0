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
        noise = make_gaussian(domain, dp.l2_distance(T=float), scale=float(rules.sigma))
        one = noise.map(math.sqrt(rules.most)) * NANO_RHO
        assert one <= rules.price() + 1e-3 and rules.price() - one < 1
        told += noise.map(math.sqrt(rules.most * len(rules.tables))) * NANO_RHO
    assert told <= CUBE.cost() + 1e-3


def test_the_public_threshold_is_that_of_the_design():
    public = DEFAULT_POLICY.of(AccessTier.PUBLIC)
    assert (CUBE.sigma, public.threshold(CUBE.sigma), public.rounding) == (25, 97, 20)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("budget = 0.24", "budget = 0.239", "cube: its tables cost rho 0.24, more than its budget of 0.239"),
        ("sigma = 25", "sigma = 24", "cube: its tables cost rho"),
        ("most = 32", "most = 33", "cube: its tables cost rho"),
        ("sigma = 50", "sigma = 49", "cube: its tables cost rho"),
        ('  tables = ["total"]\n', "", "cube: its tables cost rho"),
        ('name = "drugs"', 'name = "conditions"', "cube: a family is there twice"),
        ('name = "drugs"', 'name = "genomes"', "cube.family[3].name"),
        (
            'tables = ["total"]',
            'tables = ["region"]',
            "family `genotypes`: `tables` are the total and what comes after it",
        ),
        ('tables = ["total"]', 'tables = ["total", "total"]', "each once and in order"),
        ('tables = ["total"]', 'tables = ["year"]', "cube.family[8].tables[1]"),
        ("most = 24", 'most = 24\n  tables = ["total"]', "family `drugs`: only genotypes may be without"),
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
    return sorted(pairs), base, draw(st.integers(1, 6)), draw(st.integers(0, PERSONS - 1))


@pytest.fixture(scope="module")
def columns():
    random = np.random.default_rng(5)
    people = People(
        sexes=("male", "female", "unknown"),
        sex=random.integers(0, 3, PERSONS).astype(np.int8),
        born=random.integers(-20_000, 15_000, PERSONS).astype(np.int32),
        regions=("Busan", "Seoul", "unknown"),
        region=random.integers(0, 3, PERSONS).astype(np.int32),
    )
    return cube_columns(people, 10, datetime.date(2026, 1, 1))


def placed(pairs, base, most) -> RawFamily:
    persons = np.array([person for person, _ in pairs], np.uint32)
    categories = np.array([category for _, category in pairs], np.int32)
    members = PersonSet.from_indices(np.array(sorted(base), np.uint32), PERSONS)
    return place_family(CubeFamily.CONDITIONS, NAMES, (persons, categories), base=members, most=most)


@settings(deadline=None)
@given(world=worlds())
def test_leaving_a_record_out_changes_at_most_so_many_cells_by_one(columns, world):
    pairs, base, most, person = world
    whole = placed(pairs, base, most)
    without = placed([pair for pair in pairs if pair[0] != person], base, most)
    for table in CubeTable:
        change = whole.count(columns[table]) - without.count(columns[table])
        assert set(np.unique(change)) <= {0, 1}
        assert change.sum() == (change**2).sum() <= most


@settings(deadline=None)
@given(world=worlds(), others=worlds())
def test_replacing_a_record_changes_at_most_twice_as_many(columns, world, others):
    pairs, base, most, person = world
    replaced = [pair for pair in pairs if pair[0] != person] + [pair for pair in others[0] if pair[0] == person]
    for table in CubeTable:
        before, after = (placed(each, base, most).count(columns[table]) for each in (pairs, sorted(replaced)))
        assert ((before - after) ** 2).sum() <= 2 * most


@settings(deadline=None)
@given(world=worlds())
def test_counts_are_those_of_an_obvious_reference(columns, world):
    """Everybody of the base is in as many of their categories as may be, and nobody else is anywhere."""
    pairs, base, most, _ = world
    raw = placed(pairs, base, most)
    kept = set(zip(raw.persons.tolist(), raw.categories.tolist(), strict=True))
    assert kept <= {pair for pair in pairs if pair[0] in base}
    for person in range(PERSONS):
        of = sum(pair[0] == person for pair in pairs) if person in base else 0
        assert sum(pair[0] == person for pair in kept) == min(of, most)
    sex, age = columns[CubeTable.SEX_AND_AGE]
    expected = np.zeros((len(NAMES), len(sex.labels) * len(age.labels)), np.int64)
    for person, category in kept:
        expected[category, sex.cell[person] * len(age.labels) + age.cell[person]] += 1
    assert np.array_equal(raw.count((sex, age)), expected)
    assert np.array_equal(raw.count(()).ravel(), expected.sum(axis=1))


def test_true_numbers_cannot_be_written_or_shown():
    raw = placed([(1, 2)], {1}, 1)
    assert "true numbers" in repr(raw)
    with pytest.raises(TypeError, match="cannot be serialised"):
        raw.__reduce__()


def test_a_column_is_whole(columns):
    for each in (column for table in CubeTable for column in columns[table]):
        assert isinstance(each, DimensionColumn)
        assert each.cell.min() >= 0 and each.cell.max() < len(each.labels)
