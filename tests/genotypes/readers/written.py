"""Files of every format that a reader reads, written from the same plain description of records."""

import contextlib
import gzip
from dataclasses import dataclass, field
from pathlib import Path

import cyvcf2
import numpy as np
import pgenlib
import zarr
from bgen import BgenWriter

from engine.ingest.variants.source import Record


@dataclass(frozen=True)
class Line:
    """One record; `calls` are (first allele, second allele, phased) a sample, as `Record.alleles`."""

    calls: tuple[tuple[int, int, int], ...]
    alts: tuple[str, ...] = ("G",)
    ref: str = "A"
    contig: str = "1"
    position: int = 1
    id: str | None = None
    filter: str | None = None
    info: dict = field(default_factory=dict)


def same(records, lines):
    """Whether what was read is what was written."""
    got = [(r.contig, r.position, r.id, r.ref, r.alts, r.filter, r.alleles.tolist()) for r in records]
    expected = [(x.contig, x.position, x.id, x.ref, x.alts, x.filter, [list(c) for c in x.calls]) for x in lines]
    assert got == expected
    assert all(r.alleles.dtype == np.int16 and r.alleles.shape[1] == 3 for r in records)
    return True


def all_records(source, info=()):
    """Every record of every part; the parts share the work."""
    parts = source.parts()
    assert len({part.name for part in parts}) == len(parts)
    assert not parts or abs(sum(part.share for part in parts) - 1) < 1e-9
    records = [record for part in parts for record in source.records(part, info)]
    assert all(isinstance(record, Record) for record in records)
    return records


def sample_names(lines):
    return [f"s{number}" for number in range(len(lines[0].calls))]


def write_bed(path, lines, *, fam=None, bim=None):
    """PLINK 1: the calls by the format's description, a bit at a time; returns the .bed."""
    codes = {(1, 1): 0b00, (-1, -1): 0b01, (0, 1): 0b10, (0, 0): 0b11}
    data = bytearray(b"\x6c\x1b\x01")
    for line in lines:
        for start in range(0, len(line.calls), 4):
            four = line.calls[start : start + 4]
            data.append(sum(codes[call[:2]] << 2 * place for place, call in enumerate(four)))
    bed = path.with_suffix(".bed")
    bed.write_bytes(data)
    names = sample_names(lines)
    path.with_suffix(".fam").write_text(fam or "".join(f"{name} {name} 0 0 0 -9\n" for name in names))
    rows = (f"{x.contig}\t{x.id or '.'}\t0\t{x.position}\t{','.join(x.alts) or '0'}\t{x.ref}\n" for x in lines)
    path.with_suffix(".bim").write_text(bim or "".join(rows))
    return bed


PVAR_HEAD = "#CHROM\tPOS\tID\tREF\tALT\tFILTER\n"


def write_pgen(path, lines, *, pvar=None, psam=None, provisional=False, dosages=None):
    """PLINK 2, through pgenlib; `dosages` are written instead of calls. Returns the .pgen."""
    pgen = path.with_suffix(".pgen")
    phased = any(call[2] for line in lines for call in line.calls)
    most = max(len(line.alts) + 1 for line in lines)
    writer = pgenlib.PgenWriter(
        bytes(pgen),
        len(lines[0].calls),
        variant_ct=len(lines) if most <= 2 else None,
        variant_ct_limit=len(lines),
        allele_ct_limit=max(2, most),
        nonref_flags=provisional,
        hardcall_phase_present=phased,
        dosage_present=dosages is not None,
    )
    for number, line in enumerate(lines):
        calls = np.array(line.calls, np.int32)
        alleles = np.ascontiguousarray(np.where(calls[:, :2] < 0, -9, calls[:, :2])).ravel()
        if dosages is not None:
            writer.append_dosages(np.array(dosages[number], np.float32))
        elif phased:
            writer.append_partially_phased(alleles, calls[:, 2].astype(np.uint8), allele_ct=len(line.alts) + 1)
        else:
            writer.append_alleles(alleles, allele_ct=len(line.alts) + 1)
    writer.close()
    rows = (
        f"{x.contig}\t{x.position}\t{x.id or '.'}\t{x.ref}\t{','.join(x.alts)}\t{x.filter or 'PASS'}\n" for x in lines
    )
    path.with_suffix(".pvar").write_text(pvar or PVAR_HEAD + "".join(rows))
    path.with_suffix(".psam").write_text(psam or "#IID\n" + "".join(f"{name}\n" for name in sample_names(lines)))
    return pgen


def write_bgen(path, lines, *, samples=True, bits=8, compression="zstd", layout=2):
    """BGEN with probabilities 0 and 1, through the library's writer; a record is phased where its calls are."""
    bgen = path.with_suffix(".bgen")
    names = sample_names(lines)
    with BgenWriter(str(bgen), len(names), samples if isinstance(samples, list) else names if samples else None,
                    compression, layout) as writer:  # fmt: skip
        for line in lines:
            phased = any(call[2] for call in line.calls)
            ploidy = np.array([1 if call[1] == -2 else 2 for call in line.calls])
            count = len(line.alts) + 1
            columns = 2 * count if phased else count if (ploidy == 1).all() else count * (count + 1) // 2
            if phased and (ploidy == 1).all():
                columns = count
            rows = [_probabilities(call, count, columns, phased=phased) for call in line.calls]
            every = ploidy if len(set(ploidy.tolist())) > 1 else int(ploidy[0])
            alleles = [line.ref, *line.alts]
            writer.add_variant(
                line.id or "", line.id or "", line.contig, line.position, alleles, np.array(rows), every, phased, bits
            )
    return bgen


def _probabilities(call, count, columns, *, phased):
    first, second, _ = call
    used = count if second == -2 else columns
    row = np.full(columns, np.nan)
    if first < 0:
        return row
    row[:used] = 0
    if second == -2:
        row[first] = 1
    elif phased:
        row[[first, count + second]] = 1
    else:
        row[max(first, second) * (max(first, second) + 1) // 2 + min(first, second)] = 1
    return row


def write_zarr(path, lines, *, zarr_format=2, chunk=2, sample_chunk=2, info=None, lengths=None):
    """VCF Zarr with the arrays of the specification; `info` maps a field to its description and array."""
    folder = path.with_suffix(".vcz")
    group = zarr.open_group(folder, mode="w", zarr_format=zarr_format, attributes={"vcf_zarr_version": "0.4"})
    contigs = sorted({line.contig for line in lines})
    filters = ["PASS", *sorted({line.filter for line in lines if line.filter})]
    most = max(len(line.alts) + 1 for line in lines)
    calls = np.array([line.calls for line in lines], np.int8)

    def put(name, data, dimensions, chunks=None, description=""):
        data = np.asarray(data)
        text = data.dtype.kind in "OUT"
        array = group.create_array(
            name,
            shape=data.shape,
            dtype=str if text else data.dtype,
            chunks=chunks or (min(chunk, len(data)) or 1, *data.shape[1:]),
            attributes={"description": description} | ({"_ARRAY_DIMENSIONS": dimensions} if zarr_format == 2 else {}),
            dimension_names=dimensions if zarr_format == 3 else None,
        )
        array[...] = data.astype(object) if text else data

    put("sample_id", sample_names(lines), ["samples"])
    put("contig_id", contigs, ["contigs"])
    put("filter_id", filters, ["filters"])
    put("variant_contig", np.array([contigs.index(x.contig) for x in lines], np.int8), ["variants"])
    put("variant_position", np.array([x.position for x in lines], np.int32), ["variants"])
    put("variant_id", [x.id or "." for x in lines], ["variants"])
    put(
        "variant_allele",
        [[*(x.ref, *x.alts), *[""] * (most - 1 - len(x.alts))] for x in lines],
        ["variants", "alleles"],
    )
    put("variant_filter", [[name == (x.filter or "PASS") for name in filters] for x in lines], ["variants", "filters"])
    own = (chunk, sample_chunk)
    put("call_genotype", calls[:, :, :2], ["variants", "samples", "ploidy"], (*own, 2))
    put("call_genotype_phased", calls[:, :, 2] == 1, ["variants", "samples"], own)
    for name, (description, values) in (info or {}).items():
        put(f"variant_{name}", values, ["variants", "x"][: np.ndim(values)], description=description)
    if lengths is not None:
        put("contig_length", np.array(lengths, np.int64), ["contigs"])
    return folder


VCF_HEAD = (
    "##fileformat=VCFv4.2",
    *(f"##contig=<ID={contig}>" for contig in ("1", "22", "X", "MT")),
    *(f'##FILTER=<ID={name},Description="failed">' for name in ("q10", "s50")),
    '##ALT=<ID=DEL,Description="deletion">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">',
    '##FORMAT=<ID=DS,Number=1,Type=Float,Description="dosage">',
)


def vcf_text(lines, *, head=VCF_HEAD, dosages=None):
    """A VCF of the lines; `dosages` are written beside the calls."""
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
    rows = ["\t".join((*columns, *sample_names(lines)))]
    for number, x in enumerate(lines):
        values = [_call_text(call) for call in x.calls]
        if dosages is not None:
            values = [f"{call}:{dosage}" for call, dosage in zip(values, dosages[number], strict=True)]
        info = ";".join(f"{name}={value}" for name, value in x.info.items()) or "."
        format = "GT" if dosages is None else "GT:DS"
        rows.append("\t".join((x.contig, str(x.position), x.id or ".", x.ref, ",".join(x.alts) or ".", ".",
                               x.filter or "PASS", info, format, *values)))  # fmt: skip
    return "\n".join((*head, *rows, ""))


def _call_text(call):
    first, second = ("." if number < 0 else str(number) for number in call[:2])
    return first if call[1] == -2 else f"{first}{'|' if call[2] else '/'}{second}"


def write_vcf(path, lines, *, packing="text", **how):
    """VCF as text, gzip or bgzip, or BCF; the latter two as htslib writes them."""
    plain = path.with_suffix(".vcf")
    plain.write_text(vcf_text(lines, **how))
    if packing == "text":
        return plain
    packed = path.with_suffix(".bcf" if packing == "bcf" else ".vcf.gz")
    if packing == "gzip":
        packed.write_bytes(gzip.compress(plain.read_bytes()))
        return packed
    file = cyvcf2.VCF(plain)
    with contextlib.closing(cyvcf2.Writer(str(packed), file, mode="wb" if packing == "bcf" else "wz")) as writer:
        for record in file:
            writer.write_record(record)
    file.close()
    return packed


_WIDTH = 10


def write_fasta(folder, sequences, *, ending="\n"):
    """A FASTA and its index, both written here."""
    path = Path(folder) / "genome.fa"
    text, index = "", ""
    for name, bases in sequences.items():
        text += f">{name} of a test{ending}"
        index += f"{name}\t{len(bases)}\t{len(text)}\t{_WIDTH}\t{_WIDTH + len(ending)}\n"
        text += "".join(bases[at : at + _WIDTH] + ending for at in range(0, len(bases), _WIDTH))
    path.write_bytes(text.encode())
    path.with_name("genome.fa.fai").write_text(index)
    return path
