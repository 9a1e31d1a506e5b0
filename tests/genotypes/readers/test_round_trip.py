"""Random calls written in a format and read back are the same records, whatever they are."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ingest.variants.readers.bgen import BgenSource
from engine.ingest.variants.readers.plink1 import Plink1Source
from engine.ingest.variants.readers.plink2 import Plink2Source
from engine.ingest.variants.readers.vcf import VcfSource
from engine.ingest.variants.readers.zarr import ZarrSource
from tests.genotypes.readers.written import (
    Line,
    all_records,
    same,
    sample_names,
    write_bed,
    write_bgen,
    write_pgen,
    write_vcf,
    write_zarr,
)
from tests.lib.budgets import examples

MISSING, HALF_MISSING = (-1, -1, 0), (-1, 1, 0)
SITES = {
    "contig": st.sampled_from(["1", "22", "X", "MT"]),
    "position": st.integers(1, 2**31 - 2),
    "id": st.none() | st.sampled_from(["rs1", "rs22"]),
}


def unphased(first, second):
    return (min(first, second), max(first, second), 0)


def diploid(alleles):
    number = st.integers(0, alleles)
    return st.just(MISSING) | st.builds(unphased, number, number)


def phased_heterozygotes(alleles):
    pair = st.tuples(st.integers(0, alleles), st.integers(0, alleles))
    return pair.filter(lambda two: two[0] != two[1]).map(lambda two: (*two, 1))


def haploid(alleles):
    return st.just((-1, -2, 0)) | st.builds(lambda first: (first, -2, 0), st.integers(0, alleles))


def anyhow(alleles):
    """What a VCF may say: order and phase are kept, and half of a call may be missing."""
    number = st.integers(0, alleles)
    return haploid(alleles) | st.just(HALF_MISSING) | st.tuples(number, number, st.integers(0, 1)) | st.just(MISSING)


def lines_of(call, *, alternates=1, **fields):
    """Records of one number of samples, each of up to so many alternates, with calls that `call(alternates)` draws."""

    def records(samples):
        def line(number):
            calls = st.lists(call(number), min_size=samples, max_size=samples).map(tuple)
            return st.builds(Line, calls=calls, alts=st.just(("G", "T", "<DEL>")[:number]), **SITES, **fields)

        return st.lists(st.integers(1, alternates).flatmap(line), min_size=1, max_size=7)

    return st.integers(1, 9).flatmap(records)


def read_back(source, write, lines, **how):
    with tempfile.TemporaryDirectory() as folder, source(write(Path(folder) / "calls", lines, **how)) as opened:
        assert opened.samples == tuple(sample_names(lines))
        assert same(all_records(opened), lines)


@settings(max_examples=examples(25, nightly=1000), deadline=None)
@given(lines_of(diploid))
def test_plink1(lines):
    read_back(Plink1Source, write_bed, lines)


@settings(max_examples=examples(25, nightly=1000), deadline=None)
@given(
    lines_of(
        lambda number: diploid(number) | phased_heterozygotes(number),
        alternates=3,
        filter=st.none() | st.just("q10"),
    )
)
def test_plink2(lines):
    read_back(Plink2Source, write_pgen, lines)


def bgen_calls(number):
    """Of one record, all are phased or none is."""
    return diploid(number) | haploid(number)


@settings(max_examples=examples(25, nightly=1000), deadline=None)
@given(lines_of(bgen_calls, alternates=3), st.sampled_from([8, 12, 16, 32]), st.sampled_from([None, "zlib", "zstd"]))
def test_bgen(lines, bits, compression):
    read_back(BgenSource, write_bgen, lines, bits=bits, compression=compression)


@settings(max_examples=examples(20, nightly=500), deadline=None)
@given(
    lines_of(
        lambda number: haploid(number) | st.tuples(st.integers(0, number), st.integers(0, number), st.just(1)),
        alternates=2,
    ),
    st.sampled_from([8, 16]),
)
def test_bgen_of_haplotypes(lines, bits):
    read_back(BgenSource, write_bgen, lines, bits=bits)


@settings(max_examples=examples(25, nightly=1000), deadline=None)
@given(
    lines_of(anyhow, alternates=3, filter=st.none() | st.sampled_from(["q10", "s50"])),
    st.sampled_from(["text", "gzip", "bgzip", "bcf"]),
)
def test_vcf(lines, packing):
    read_back(VcfSource, write_vcf, lines, packing=packing)


@settings(max_examples=examples(15, nightly=300), deadline=None)
@given(
    lines_of(anyhow, alternates=3, filter=st.none() | st.sampled_from(["q10", "s50"])),
    st.sampled_from([2, 3]),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_zarr(lines, zarr_format, chunk, sample_chunk):
    read_back(ZarrSource, write_zarr, lines, zarr_format=zarr_format, chunk=chunk, sample_chunk=sample_chunk)
