"""A synthetic release: plausible people with linked health records, genotypes and answers, in any number."""

from engine.ingest.synthetic.size import ReleaseSize, measure_release
from engine.ingest.synthetic.synthesis import synthesize

__all__ = ["ReleaseSize", "measure_release", "synthesize"]
