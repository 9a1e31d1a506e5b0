"""`kohort paraphrase`."""

import json

from tests.cli.conftest import Run

STATINS = 'cohort "Statins"\nindex first drug in code ATC:"C10AA" with descendants\n'


def test_words_in_both_languages_with_the_names_of_the_release(run: Run) -> None:
    english = run("paraphrase", "-", text=STATINS)
    assert english.exit_code == 0, english.output
    assert "Who enters" in english.output
    korean = run("paraphrase", "-", "--language", "ko", text=STATINS)
    assert "연구 대상과 기준일" in korean.output
    assert "C10AA" in korean.output


def test_without_a_dictionary_codes_stand_for_themselves(run: Run) -> None:
    plain = run("paraphrase", "-", "--no-dictionary", text=STATINS)
    assert "with the first prescription of ATC C10AA (subtypes included)." in plain.output


def test_for_programs(run: Run) -> None:
    found = json.loads(run("paraphrase", "-", "--json", text=STATINS).stdout)
    assert found["title"] == "Statins"
    assert found["sections"][0]["heading"] == "Who enters"
