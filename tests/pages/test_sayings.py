"""Messages and hints in Korean: all that people are told of faults has words there, and none has that no program says."""

import ast
import http
import inspect
import json
import json.decoder
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from api.languages import Language
from api.pages import WEB
from api.sayings import told_in
from cohort_dsl import parse
from cohort_dsl.json_read import read_json
from cohort_dsl.lint import LINTS, lint
from schemas.errors import Problem, Problems
from schemas.policy import DEFAULT_POLICY
from tests.lib.said import GAP, Program, Said
from tests.pages.test_problems import MET

ROOT = Path(__file__).parents[2]
KOREAN: dict[str, dict[str, str]] = json.loads((WEB / "static" / "problems.ko.json").read_text(encoding="utf-8"))
SAYINGS, PARTS = KOREAN["sayings"], KOREAN["parts"]
HOLDS = re.compile(r"^_?(hint|fix|advice|indel|message)$", re.I)
"""Keywords and names that hold something said."""

SAID_BY = {"SyntaxProblem": (1,), "AnalysisProblem": (1,), "TooExpensive": (1,), "bad_variant": (0,), "Finding": (1, 2)}
"""What is called to say something, and the places of it among the arguments."""

IN_ENGLISH = {
    "Circe cannot say {}, so there is nothing for it to be exact about": "its forms are told",
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


PASSED_ON = {
    "{} (and {} more)": "the first of several problems",
    "{}: {}": "a field, and what pydantic says of it",
    "request: {}": "the same of no field",
    "not JSON: {}": "what Python's reader of JSON says",
    "the report is not printed: {}": "the check that failed",
    "{}": "what was said elsewhere",
}
"""What holds something said elsewhere, where it has words of its own."""

RULES = [str(kind).replace("_", " ") for kind in get_args(ErrorType)]
"""What the program calls what pydantic finds."""

PHRASES = [phrase for status in http.HTTPStatus for phrase in (status.phrase, status.phrase.lower())]
JSON_FAULTS = [
    str(node.value).lower()
    for node in ast.walk(ast.parse(inspect.getsource(json.decoder)))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
]
LATER_JSON_FAULTS = [
    "invalid control character at",
    "illegal trailing comma before end of object",
    "illegal trailing comma before end of array",
]
"""Of the reader that is written in C, and of later Pythons."""

OF_LIBRARIES = (*RULES, *PHRASES, *JSON_FAULTS, *LATER_JSON_FAULTS)
OF_THE_POLICY = [each.name for each in DEFAULT_POLICY.sensitive]

BESIDE_PAGES = ("engine/ingest/", "api/commands/", "api/operations/configuration.py", "api/client/")
"""What is said on a command line only, or by the client of a program."""

ENGLISH = re.compile(r"\b(?:or|and|if|the|to|it|as|in|of|a|is|no|an|be)\b|\b[a-z]{2,} [a-z]{2,}\b")
IN_THE_LANGUAGE = {"add a line such as: let {} = concept 201826"}
"""What shows a line of a document."""


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


@cache
def said_to_people() -> list[Said]:
    """All that the program says with a code that people meet, or with none; faults of ours are told as incidents, and
    what an audit found is evidence."""
    everything = Program(*(ROOT / folder for folder in ("cohort_dsl", "engine", "api", "schemas"))).said()
    return [
        said
        for said in everything
        if not said.module.startswith(BESIDE_PAGES)
        and said.given_to != "InternalError"
        and not (said.given_to == "Finding" and said.module.startswith("engine/disclosure/"))
        and (bool(MET & set(said.codes)) if said.codes else said.given_to != "DataProblem")
    ]


def untold(texts: set[str]) -> list[str]:
    """Those that have no words in Korean, or only some."""
    found: list[str] = []
    for text in sorted(texts):
        told = in_korean(text.replace("{} or {} others", "`x`, `y` or 3 others").replace(GAP, "x"))
        if told is None or (
            text not in IN_THE_LANGUAGE and ENGLISH.search(re.sub(r"""`[^`]*`|"[^"]*"|'[^']*'""", "", told))
        ):
            found.append(text)
    return found


def test_everything_that_people_are_told_of_a_fault_is_told() -> None:
    texts = {said.text for said in said_to_people()}
    assert untold(texts - set(PASSED_ON)) == []
    assert set(PASSED_ON) <= texts


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("this export was decided upon already", "api/exports.py"),
        ("the {} tier, by its grant for phase {} from {}, may not use {}", "engine/logical/access.py"),
        ("{} cells in a table; this tier takes 1 to {}", "engine/disclosure/request.py"),
        ("the document has {} levels of nesting; this tier takes at most {}", "engine/physical/cost.py"),
        ("no concept set has the id {}", "cohort_dsl/circe/model/values.py"),
        ("OHDSI's SQL departs from the name: it is ignored", "cohort_dsl/circe/importing/predicates.py"),
        ("end: Circe cannot say a sequence of events", "cohort_dsl/circe/exporting/context.py"),
        ("{}: text is expected", "cohort_dsl/circe/read.py"),
        ("a valid access token is needed", "api/identity/refusal.py"),
    ],
)
def test_what_is_said_is_found_however_it_is_put_together(text: str, module: str) -> None:
    assert (text, module) in {(said.text, said.module) for said in said_to_people()}


def test_what_has_no_words_is_found(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(
        "class Refused(NotAllowed):\n    pass\n"
        "class NotAllowed(Problem):\n    pass\n"
        "def refuse(tier, what):\n    advice = 'whistle' if tier else 'hum'\n"
        "    raise Refused('access-age', f'the {tier.value} tier {what}', hint=f'{advice} a tune')\n"
        "refuse(one, 'juggles')\nrefuse(other, what=WORDS['b'])\nWORDS = {'a': 'hops', 'b': 'skips'}\n"
    )
    said = Program(tmp_path).said()
    texts = {each.text for each in said}
    assert texts == {"the {} tier juggles", "the {} tier hops", "the {} tier skips", "whistle a tune", "hum a tune"}
    assert untold(texts) == sorted(texts)
    assert {each.codes for each in said} == {("access-age",)}


@pytest.mark.parametrize("rule", RULES)
def test_what_is_wrong_with_a_field_is_told(rule: str) -> None:
    told = in_korean(f"body.text: {rule}")
    assert told is not None
    assert re.fullmatch(r"body\.text: .*[가-힣]+\.", told)


@pytest.mark.parametrize(
    "text",
    ["", "{a: 1}", '{"a" 1}', '{"a": 1 "b": 2}', "[1,]", "{} x", '"\x01"', r'"\q"', r'"\u12"', '"abc', "\ufeff{}"],
)
def test_what_is_wrong_with_json_is_told(text: str) -> None:
    with pytest.raises(Problem) as wrong:
        read_json(text)
    assert untold({wrong.value.message}) == []


@pytest.mark.parametrize("name", OF_THE_POLICY)
def test_the_lists_of_sensitive_concepts_are_told(name: str) -> None:
    told = in_korean(f"this concept set is about {name}; the registered tier does not ask about such concepts")
    assert told == f"민감한 개념의 집합입니다({PARTS[name]}). 등록 등급은 이런 개념을 물을 수 없습니다."


def test_sentences_that_hold_others_are_told() -> None:
    first = "the two alleles are the same"
    assert in_korean(f"{first} (and 2 more)") == f"{in_korean(first)} (외 2건)"
    assert in_korean("whistle a tune (and 2 more)") is None
    assert in_korean("the report is not printed: the key was not in use on that day") == (
        "보고서를 인쇄하지 않았습니다. 발급일에 사용 중이던 키가 아닙니다."
    )


def test_scripts_tell_the_same() -> None:
    """By the other spelling of the same rules, in JavaScript."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node")
    texts = sorted({said.text.replace(GAP, "x") for said in said_to_people()} | {f"x: {part}" for part in PARTS})
    program = (
        "import { text } from 'node:stream/consumers';"
        "const [code, known, texts] = JSON.parse(await text(process.stdin));"
        "const { teller } = await import(`data:text/javascript,${encodeURIComponent(code)}`);"
        "console.log(JSON.stringify(texts.map(teller(known.sayings, known.parts))))"
    )
    told = subprocess.run(
        [node, "--input-type=module", "--eval", program],
        input=json.dumps([(WEB / "static" / "sayings.js").read_text(encoding="utf-8"), KOREAN, texts]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert dict(zip(texts, json.loads(told.stdout), strict=True)) == {text: in_korean(text) for text in texts}


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
    said += "\n".join((*(each.text for each in said_to_people()), *OF_LIBRARIES, *OF_THE_POLICY))
    stretches = {english: max(re.split(r"\{(?:said)?\}", english), key=len) for english in (*SAYINGS, *PARTS)}
    unsaid = [english for english, words in stretches.items() if words not in said]
    forms = [re.compile(".+".join(map(re.escape, form.split("{}")))) for form in IN_ENGLISH if form != "{} {}{}"]
    others = re.compile(r".*(the ordinal of the index event|the end of the text).*")
    assert [text for text in unsaid if not others.match(text) and not any(form.match(text) for form in forms)] == []


MARKS = {"{}: {said}", "{} and {}", "null"}
"""What has no words in Korean either."""


@pytest.mark.parametrize(("english", "told"), [*SAYINGS.items(), *PARTS.items()])
def test_what_is_told_has_the_pieces_of_the_sentence_and_is_korean(english: str, told: str) -> None:
    assert told.count("{}") == english.count("{}")
    assert told.count("{said}") == english.count("{said}") <= 1
    assert re.search("[가-힣]", told) or english in MARKS
    assert not re.search(r"\{(?:said)?\}[을를이가은는와과]", told), "the particle depends on what is put in"


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
