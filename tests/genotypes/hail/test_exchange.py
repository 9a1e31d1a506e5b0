"""The exchange folder between Hail and us, written here as the export writes it: what is read, and what is refused."""

import gzip
import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.ingest.variants.hail import environment
from engine.ingest.variants.hail.exchange import fingerprint, seal
from engine.ingest.variants.hail.source import EXCHANGE_VARIABLE, HailSource, _exchange_folder
from engine.ingest.variants.source import Sex
from schemas.codes import CODES
from schemas.errors import DataProblem
from tests.genotypes.readers.written import all_records

INTS, TEXTS = pa.list_(pa.int32()), pa.list_(pa.string())
SCHEMA = pa.schema(
    {
        "contig": pa.string(), "position": pa.int32(), "ref": pa.string(), "alts": TEXTS, "id": pa.string(),
        "filters": pa.string(), "columns": INTS, "first": INTS, "second": INTS, "phased": pa.list_(pa.bool_()),
        "missing": INTS, "info_0": pa.list_(pa.float64()), "info_1": pa.bool_(), "info_2": TEXTS,
    }
)  # fmt: skip


def row(position, listed=(), missing=(), alts=("G",), id=None, filters=None, info=(None, None, None)):
    """`listed` are (column, first, second, phased)."""
    columns, first, second, phased = (list(values) for values in zip(*listed, strict=True)) if listed else ([],) * 4
    return dict(
        zip(
            SCHEMA.names,
            ("chrX", position, "a", list(alts), id, filters, columns, first, second, phased, list(missing), *info),
            strict=True,
        )
    )


ROWS = (
    row(1, [(0, 0, 1, False), (2, 1, 0, True)], [3], id="rs1", filters="q10;s50", info=([0.25], True, ["G|x", "G|y"])),
    row(2, [(0, 1, -2, False), (1, 0, -2, False), (3, 1, 2, False)], alts=("G", "T"), info=([0.5, None], False, [])),
    row(3, missing=[0, 1, 2, 3]),
)


@pytest.fixture
def dataset(tmp_path, monkeypatch):
    """A folder that looks like a MatrixTable from outside, with a sealed exchange folder of two files."""
    monkeypatch.setenv(EXCHANGE_VARIABLE, str(tmp_path / "exchange"))
    path = tmp_path / "some.mt"
    path.mkdir()
    with gzip.open(path / "metadata.json.gz", "wt") as stream:
        json.dump({"name": "MatrixTableSpec"}, stream)
    (path / "_SUCCESS").touch()
    folder = _exchange_folder(path)
    (folder / "parts").mkdir(parents=True)
    described = {
        "format": 1, "samples": ["a", "b", "c", "d"], "sexes": ["male", "female", None, "male"], "reference": "GRCh37",
        "info": [["AF", ""], ["DB", ""], ["vep", "Format: Allele|Gene"]],
    }  # fmt: skip
    (folder / "exchange.json").write_text(json.dumps(described))
    for number, rows in enumerate((ROWS[:2], ROWS[2:])):
        pq.write_table(pa.Table.from_pylist(list(rows), SCHEMA), folder / "parts" / f"part-{number:05d}-x.parquet")
    seal(folder, fingerprint(path))
    return path


def test_records_are_what_the_export_lists(dataset):
    with HailSource(dataset) as source:
        assert (source.name, source.samples, source.assembly) == ("some.mt", ("a", "b", "c", "d"), "GRCh37")
        assert source.sexes == (Sex.MALE, Sex.FEMALE, None, Sex.MALE)
        assert source.info_fields == {"AF": "", "DB": "", "vep": "Format: Allele|Gene"}
        assert [(part.first, part.last, part.share) for part in source.parts()] == [(0, 1, 2 / 3), (1, 2, 1 / 3)]
        one, two, three = all_records(source, ("AF", "DB", "vep"))
        assert all_records(source)[0].info == {}
    assert (one.contig, one.position, one.id, one.ref, one.alts, one.filter) == (
        "chrX", 1, "rs1", "A", ("G",), "q10;s50",
    )  # fmt: skip
    assert one.alleles.dtype == np.int16
    assert one.alleles.tolist() == [[0, 1, 0], [0, 0, 0], [1, 0, 1], [-1, -1, 0]]
    assert one.info == {"AF": 0.25, "DB": True, "vep": "G|x,G|y"}
    assert two.alleles.tolist() == [[1, -2, 0], [0, -2, 0], [0, 0, 0], [1, 2, 0]]
    assert (two.alts, two.filter, two.info) == (("G", "T"), None, {"AF": (0.5, None)})
    assert three.alleles.tolist() == [[-1, -1, 0]] * 4


def test_a_finished_exchange_is_used_without_hail_while_the_data_set_is_the_same(dataset, monkeypatch):
    monkeypatch.setenv(environment.PYTHON_VARIABLE, str(dataset / "no-python"))
    with HailSource(dataset) as source:
        assert len(all_records(source)) == 3
    (dataset / "rows").mkdir()
    (dataset / "rows" / "part-0").write_text("more")
    assert refused(dataset) == "hail-not-set-up"


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "seal.json").unlink(),
        lambda folder: (folder / "exchange.json").write_text("{"),
        lambda folder: next((folder / "parts").glob("*")).unlink(),
        lambda folder: next((folder / "parts").glob("*")).write_bytes(b"PAR1"),
    ],
)
def test_an_exchange_that_is_not_whole_is_not_used(dataset, monkeypatch, damage):
    damage(_exchange_folder(dataset))
    monkeypatch.setenv(environment.PYTHON_VARIABLE, str(dataset / "no-python"))
    assert refused(dataset) == "hail-not-set-up"


@pytest.mark.parametrize(
    "bad",
    [
        row(1, [(4, 0, 1, False)]),
        row(1, [(-1, 0, 1, False)]),
        row(1, [(0, 0, 2, False)]),
        row(1, [(0, -1, 1, False)]),
        row(1, [(0, 0, -3, False)]),
        row(1, missing=[4]),
        row(1) | {"first": [1]},
    ],
)
def test_lists_that_contradict_the_data_set_are_damage(dataset, bad):
    folder = _exchange_folder(dataset)
    pq.write_table(pa.Table.from_pylist([bad], SCHEMA), folder / "parts" / "part-00001-x.parquet")
    seal(folder, fingerprint(dataset))
    assert refused(dataset) == "variants-damaged"


def test_a_changed_byte_of_a_part_is_damage(dataset):
    part = sorted((_exchange_folder(dataset) / "parts").glob("*"))[0]
    data = bytearray(part.read_bytes())
    data[4:200] = bytes(196)
    part.write_bytes(data)
    assert refused(dataset) == "variants-damaged"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda path: (path / "_SUCCESS").unlink(), "variants-damaged"),
        (lambda path: (path / "metadata.json.gz").unlink(), "variants-unreadable"),
        (lambda path: (path / "metadata.json.gz").write_bytes(b"\x1f\x8b"), "variants-damaged"),
        (lambda path: (path / "metadata.json.gz").write_bytes(gzip.compress(b'{"name": "TableSpec"}')), "variants-unreadable"),
        (lambda path: (path / "variant_data").mkdir(), "variants-damaged"),
        (lambda path: path.rename(path.with_name("gone")), "variants-unreadable"),
    ],
)  # fmt: skip
def test_other_folders_are_refused_before_hail_starts(dataset, monkeypatch, change, code):
    monkeypatch.setenv(environment.PYTHON_VARIABLE, str(dataset / "no-python"))
    change(dataset)
    assert refused(dataset) == code


def test_a_python_without_hail_is_a_clear_problem(dataset, monkeypatch):
    monkeypatch.setenv(environment.PYTHON_VARIABLE, sys.executable)
    folder = _exchange_folder(dataset)
    (folder / "seal.json").unlink()
    with pytest.raises(DataProblem) as problem:
        HailSource(dataset)
    assert problem.value.code == "hail-failed"
    assert "make hail" in (problem.value.hint or "")
    assert [path.name for path in folder.with_name(f"{folder.name}.new").iterdir()] == ["process.log"]


def refused(path):
    """The code of the one problem that reading the data set to its end meets."""
    with pytest.raises(DataProblem) as problem, HailSource(path) as source:
        all_records(source)
    assert problem.value.code in CODES
    return problem.value.code
