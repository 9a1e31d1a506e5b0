"""Which reader reads a file of variants: told by what the file begins with, then by its name."""

from pathlib import Path

from engine.ingest.variants.hail.source import HailSource, Progress
from engine.ingest.variants.readers.bgen import BgenSource
from engine.ingest.variants.readers.plink1 import Plink1Source
from engine.ingest.variants.readers.plink2 import Plink2Source
from engine.ingest.variants.readers.vcf import VcfSource
from engine.ingest.variants.readers.vcf_head import starts_as_vcf
from engine.ingest.variants.readers.zarr import ZarrSource
from engine.ingest.variants.source import VariantSource
from schemas.errors import DataProblem

READ = (
    "VCF or BCF (plain, gzip or bgzip)",
    "PLINK 1 (.bed with .bim and .fam)",
    "PLINK 2 (.pgen with .pvar and .psam)",
    "BGEN (.bgen)",
    "a VCF Zarr folder",
    "a Hail MatrixTable (.mt) or VariantDataset (.vds)",
)
_PLINK = b"\x6c\x1b"
_PLINK1_MODES = frozenset({0, 1})
_BGEN = b"bgen"
_BY_ENDING = {".bed": Plink1Source, ".pgen": Plink2Source, ".bgen": BgenSource}
_VCF_ENDINGS = (".vcf", ".bcf", ".vcf.gz", ".vcf.bgz", ".bcf.gz")
_HAIL = frozenset({".mt", ".vds"})
_ZARR = frozenset({".zgroup", "zarr.json", ".zmetadata"})


def open_source(path: Path, *, progress: Progress = lambda _step, _share: None) -> VariantSource:
    """The file or folder, open; `progress` is told how far, where Hail has to read all of it first.

    Raises `DataProblem` when it is missing, of a kind that is not read, or damaged.
    """
    if path.is_dir():
        return _folder(path, progress)
    try:
        with path.open("rb") as stream:
            start = stream.read(20)
    except OSError as error:
        raise DataProblem(
            "variants-unreadable", f"{path.name} cannot be opened: {error.strerror}", place=path
        ) from error
    if starts_as_vcf(path):
        return VcfSource(path)
    if start[:2] == _PLINK and len(start) > 2:
        return Plink1Source(path) if start[2] in _PLINK1_MODES else Plink2Source(path)
    if start[16:20] == _BGEN:
        return BgenSource(path)
    return _named(path)


def _named(path: Path) -> VariantSource:
    """A file whose content tells nothing: its reader says what is wrong with it."""
    if path.name.lower().endswith(_VCF_ENDINGS):
        return VcfSource(path)
    reader = _BY_ENDING.get(path.suffix.lower())
    if reader is None:
        raise _unknown(path)
    return reader(path)


def _folder(path: Path, progress: Progress) -> VariantSource:
    if needs_hail(path):
        return HailSource(path, progress=progress)
    if _is_zarr(path):
        return ZarrSource(path)
    raise _unknown(path)


def needs_hail(path: Path) -> bool:
    """Whether it is a data set that Hail has to read first."""
    if not path.is_dir() or _is_zarr(path):
        return False
    return path.suffix.lower() in _HAIL or any((path / name).exists() for name in ("metadata.json.gz", "variant_data"))


def _is_zarr(path: Path) -> bool:
    return any((path / name).is_file() for name in _ZARR)


def _unknown(path: Path) -> DataProblem:
    return DataProblem(
        "variants-unreadable", f"{path.name} is no file of variants that is read", expected=READ, place=path
    )
