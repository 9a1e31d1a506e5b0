"""The commands that search: readable by default, JSON on demand, status 2 for what names nothing."""

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from schemas.wire import GeneList, KnownVariantList, PanelList, ScoreList
from tests.lib.once import synthetic_releases


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = tmp_path_factory.mktemp("commands")
    synthetic_releases(tmp_path_factory, root / "releases", persons=500)
    return {"KOHORT_RELEASES": str(root / "releases"), "KOHORT_STATE": str(root / "state")}


def run(environment: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(app, list(words), env=environment)


def test_one_variant_is_shown_with_all_that_is_known(environment: dict[str, str]) -> None:
    shown = run(environment, "variants", "rs4986893").stdout
    for line in ("variant rs4986893", "10-94780653-G-A", "CYP2C19", "NM_000769.4", "stop_gained",
                 "NM_000769.4:c.636G>A, p.Trp212Ter", "yes, with high confidence", "drug response", "%"):  # fmt: skip
        assert line in shown


def test_a_gene_is_shown_as_a_table_and_says_how_many_there_are(environment: dict[str, str]) -> None:
    shown = run(environment, "variants", "LDLR", "--limit", "2").stdout
    total = KnownVariantList.model_validate_json(run(environment, "variants", "LDLR", "--json").stdout).total
    assert f"the first 2 of {total:,} known variants" in shown
    assert "variant in gene LDLR" in shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4-99318162-C-T", ["a document can ask for it all the same", "the reference at 4:99318162 is T", "rs1229984"]),
        ("ADLH2", ["no gene is called ADLH2", "did you mean the gene `ALDH2`?"]),
    ],
)
def test_what_is_not_found_is_said_with_advice(environment: dict[str, str], text: str, words: list[str]) -> None:
    done = run(environment, "variants", text)
    assert done.exit_code == 0
    assert all(word in done.stdout for word in words)


def test_another_assembly_is_refused(environment: dict[str, str]) -> None:
    done = run(environment, "variants", "GRCh37 1-55505647-G-T")
    assert done.exit_code == 2
    assert "other-assembly" in done.output


def test_genes_panels_and_scores(environment: dict[str, str]) -> None:
    genes = GeneList.model_validate_json(run(environment, "genes", "BRCA", "--json").stdout).genes
    assert [gene.gene for gene in genes][:2] == ["BRCA1", "BRCA2"]
    assert "did you mean `BRCA1`?" in run(environment, "genes", "BRAC1").stdout
    panels = PanelList.model_validate_json(run(environment, "panels", "cardio", "--json").stdout).panels
    assert [(panel.words, panel.genes[0]) for panel in panels] == [('variant in panel "Cardiomyopathy"', "DMD")]
    scores = ScoreList.model_validate_json(run(environment, "scores", "cholesterol", "--json").stdout).scores
    assert [(score.words, score.label) for score in scores] == [("score ldl_cholesterol", "LDL cholesterol")]
    assert "nothing found" in run(environment, "scores", "zzz").stdout
