"""Messages and hints in Korean: those of the language and its lints are told, and none is that no program says."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.languages import Language
from api.pages import WEB
from api.sayings import told_in
from cohort_dsl import parse
from cohort_dsl.lint import LINTS, lint
from schemas.errors import Problems

ROOT = Path(__file__).parents[2]
SAYINGS: dict[str, str] = json.loads((WEB / "static" / "problems.ko.json").read_text(encoding="utf-8"))["sayings"]
HOLDS = re.compile(r"^_?(hint|fix|advice|indel|message)$", re.I)
"""Keywords and names that hold something said."""

SAID_BY = {"SyntaxProblem": (1,), "AnalysisProblem": (1,), "TooExpensive": (1,), "bad_variant": (0,), "Finding": (1, 2)}
"""What is called to say something, and the places of it among the arguments."""

IN_ENGLISH = {
    "{} is compared with a {}": "says with what it should be compared",
    "{} is compared with {}": "says with what it was compared",
    "Circe cannot say {}, so there is nothing for it to be exact about": "what Circe cannot say is in English",
    "{} {}{}": "put together of parts",
    "the group is empty and {}": "its two forms are told",
    "a gap here lasts at least {} day{}": "its two forms are told",
    "of {} nobody can carry {} {}": "its four forms are told",
    "people observed for less than {} {} index count as having none; {} is asked of them": "its four forms are told",
    "{} about the event itself": "its two forms are told",
    "{} has no {}": "its two forms are told",
    "{} is compared with a {}, not with a {}": "its three forms are told",
}
"""What is told in other forms than the program spells, or not at all, and why."""


def in_korean(text: str) -> str | None:
    return told_in(text, Language.KOREAN)


def spelled(node: ast.expr | None) -> Iterator[str]:
    """The texts that an expression may be, with `{}` for what is put into them."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*spelled(body), *spelled(orelse))
        case ast.BoolOp(values=values):
            yield from (text for value in values for text in spelled(value))
        case _:
            pass


def said_in(file: Path) -> Iterator[str]:
    """The messages and hints that a module spells."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.keyword(arg=str(name), value=value) if HOLDS.match(name):
                yield from spelled(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if HOLDS.match(name):
                yield from spelled(value)
            case ast.Call(func=ast.Name(id=name), args=given) if name in SAID_BY:
                yield from (text for place in SAID_BY[name] for text in spelled(dict(enumerate(given)).get(place)))
            case _:
                pass


def modules(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def plain(text: str) -> str:
    """Without the quotation marks around what is put in."""
    return re.sub(r"""(['"`])\{\}\1""", "{}", text)


OTHER_FORMS = re.compile(r"circe|json_\w+\.py")
OF_THE_LANGUAGE = sorted(
    {
        text
        for file in modules("cohort_dsl", "engine/logical")
        if not any(map(OTHER_FORMS.fullmatch, file.parts))
        for text in said_in(file)
    }
)


@pytest.mark.parametrize("text", [text for text in OF_THE_LANGUAGE if plain(text) not in IN_ENGLISH])
def test_what_the_language_says_is_told(text: str) -> None:
    told = in_korean(text.replace("{}", "x"))
    assert told is not None
    assert not re.search(r"\b(?:or|and|if|the|to|it|as|in|of|a|is|no)\b", re.sub(r'`[^`]*`|"[^"]*"', "", told)), told


def test_the_language_says_much_and_what_is_left_in_english_is_said() -> None:
    assert len(OF_THE_LANGUAGE) > 200
    assert set(IN_ENGLISH) <= {plain(text) for text in OF_THE_LANGUAGE}


@pytest.mark.parametrize("code", [code for code in LINTS if code != "beyond-circe"])
def test_what_a_lint_says_is_told(code: str) -> None:
    found = [each for each in lint(parse(f'cohort "x"\n{LINTS[code].example}\n')) if each.code == code]
    assert found
    for each in found:
        assert in_korean(each.message)
        assert each.fix is None or in_korean(each.fix)


def test_nothing_is_told_that_no_program_says() -> None:
    """The longest stretch of a sentence without a gap is in some text of some module; or it is a form of such a one."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in modules("cohort_dsl", "engine", "api", "schemas")]
    nodes = (node for tree in trees for node in ast.walk(tree))
    texts = "\n".join(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    said = texts + re.sub(r'`[^`\n]*`|"[^"\n]*"', "{}", texts)
    stretches = {english: max(english.split("{}"), key=len) for english in SAYINGS}
    unsaid = [english for english, words in stretches.items() if words not in said]
    forms = [re.compile(".+".join(map(re.escape, form.split("{}")))) for form in IN_ENGLISH if form != "{} {}{}"]
    others = re.compile(r".*(the ordinal of the index event|the end of the text).*")
    assert [text for text in unsaid if not others.match(text) and not any(form.match(text) for form in forms)] == []


@pytest.mark.parametrize("english", SAYINGS)
def test_what_is_told_has_the_pieces_of_the_sentence_and_is_korean(english: str) -> None:
    assert SAYINGS[english].count("{}") == english.count("{}")
    assert re.search("[가-힣]", SAYINGS[english])
    assert not re.search(r"\{\}[을를이가은는와과]", SAYINGS[english]), "the particle depends on what is put in"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("did you mean `statins`?", "혹시 `statins` 아닙니까?"),
        ("did you mean smoking.status?", "혹시 smoking.status 아닙니까?"),
        ("write `any` or `no`", "`any` 또는 `no` 중에서 적으십시오."),
        ("write `t1dm` and remove `let t2dm = …`", "`t1dm` 이름을 쓰고 다음을 지우십시오: `let t2dm = …`"),
        ('write " or "', '이렇게 적으십시오: " or "'),
        ("remove it", "지우십시오."),
        ("remove `it`", "다음을 지우십시오: `it`"),
        ("expected `in`, `of` or `where`, found `x`", "올 수 있는 말: `in`, `of`, `where`. 실제로 있는 말: `x`."),
        ("expected `in`, `of` or 12 others, found `x`", "올 수 있는 말: `in`, `of`, … (+12). 실제로 있는 말: `x`."),
        ("expected `)`, found the end of the text", "올 수 있는 말: `)`. 그런데 텍스트가 끝났습니다."),
        ("the group is empty and is never true", "묶음이 비어 있어 언제나 거짓입니다."),
        ("of 2 variants nobody can carry 5 alleles", "적은 변이가 2개이므로 대립유전자 5개를 보유할 수 없습니다."),
        ("a visit has no `dose`", "visit 사건에 없는 항목: `dose`"),
    ],
)
def test_what_a_sentence_quotes_is_kept(text: str, told: str) -> None:
    assert in_korean(text) == told


def test_a_sentence_without_words_is_left_to_its_own() -> None:
    assert in_korean("turn it off and on again") is None
    assert told_in("did you mean `statins`?", Language.ENGLISH) is None


@pytest.mark.parametrize(
    "text",
    [
        'cohort "x" index first drug in “statins”',
        'cohort "x"',
        'cohort "x"\nindex frist visit',
        "cohort [x]",
        'cohort "x" index first visit include "a" when any',
        'cohort "x" index first visit where age >= 2020-13-01',
        'cohort "x" index first visit where gap > 3 unit "mg"',
        'cohort "x" index everyone include "a" when at least 0 visit',
        'cohort "x" index everyone include "a" when carries variant "12-1-A-A"',
        'cohort "x',
    ],
)
def test_what_the_reader_says_is_told(text: str) -> None:
    with pytest.raises(Problems) as wrong:
        parse(text)
    said = [part for problem in wrong.value.problems for part in (problem.message, problem.hint) if part]
    assert said
    assert [part for part in said if in_korean(part) is None] == []
