"""Damaged copies of a file of calls, and what reading them to the end says."""

import shutil

import pytest

from schemas.codes import CODES
from schemas.errors import DataProblem
from tests.genotypes.readers.written import all_records


def cut(part):
    return lambda data: data[: int(len(data) * part)]


def less_one(data):
    return data[:-1]


def nothing(_):
    return b""


def flipped(place):
    return lambda data: data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def refused(source, path):
    """The code of the one problem that reading the file to its end meets."""
    with pytest.raises(DataProblem) as problem, source(path) as opened:
        all_records(opened)
    assert problem.value.code in CODES
    assert problem.value.message
    return problem.value.code


def copied(original, folder, endings, *, change=None, of=None):
    """A copy of a set of files, one of them changed; returns the first of them."""
    for ending in endings:
        shutil.copy(original.with_suffix(ending), folder / ("copy" + ending))
    if change is not None:
        damaged = folder / ("copy" + (of or endings[0]))
        damaged.chmod(0o644)
        damaged.write_bytes(change(damaged.read_bytes()))
    return folder / ("copy" + endings[0])
