"""What is wrong with the files of an ingest of variants, as far as it can be told without reading their calls.

It is looked for before the tables of the source are read, which may take hours, and the calls, which may take longer.
"""

from contextlib import ExitStack

from engine.ingest.variants.formats import needs_hail, open_source
from engine.ingest.variants.hail.source import check_ready
from engine.ingest.variants.known import check_table, is_table
from engine.ingest.variants.normalise import Aligner
from engine.ingest.variants.opening import VariantInputs, check_sources
from engine.ingest.variants.panels import read_panels
from engine.ingest.variants.samples import check_listed, read_map
from engine.ingest.variants.scores import read_scores
from engine.ingest.variants.source import VariantSource


def look(inputs: VariantInputs) -> None:
    """Raises the `DataProblem` with which the ingest would end later.

    It is of a panel, score, annotation, reference or sample map that cannot be used; of a file of calls that is damaged
    where it begins, has no samples, or is a gVCF or of another reference; or of samples none of which the map lists.
    Hail's data sets are not opened, since that runs Hail over all of them; that Hail is there is looked at.
    """
    read_panels(inputs.panels)
    read_scores(inputs.scores)
    if inputs.reference:
        Aligner(inputs.reference).close()
    if inputs.annotation and is_table(inputs.annotation):
        check_table(inputs.annotation)
    read_map(inputs.sample_map)
    _look_at_calls(inputs)


def _look_at_calls(inputs: VariantInputs) -> None:
    with ExitStack() as stack:
        sources: list[VariantSource] = []
        for path in inputs.calls:
            if needs_hail(path):
                check_ready(path)
            else:
                sources.append(open_source(path))
                stack.callback(sources[-1].close)
        check_sources(sources)
        if len(sources) == len(inputs.calls):
            check_listed(sources, inputs.sample_map)
        for source in sources:
            for part in source.parts()[:1]:
                next(source.records(part), None)
