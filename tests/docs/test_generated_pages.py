"""Pages that are made from the program say what the program does."""

import re

from api import api_page, cli_page
from api.cli import COMMANDS


def test_the_page_of_the_command_line_is_current() -> None:
    assert cli_page.FILE.read_text(encoding="utf-8") == cli_page.page(), "run `python -m api.cli_page`"


def test_the_page_of_the_api_is_current() -> None:
    assert api_page.FILE.read_text(encoding="utf-8") == api_page.page(), "run `python -m api.api_page`"


def test_every_command_and_every_option_is_on_the_page() -> None:
    text = cli_page.page()
    for each in COMMANDS:
        command = each.load()
        members = getattr(command, "commands", {}).values() if each.is_group else [command]
        assert f"## kohort {each.name}\n" in text
        for member in members:
            for option in (
                name
                for param in member.params
                if param.param_type_name == "option" and not param.hidden
                for name in param.opts
            ):
                assert f"`{option}`" in text


def test_every_operation_has_a_sentence_and_every_link_to_a_model_holds() -> None:
    text = api_page.page()
    headings = {line[4:].lower().replace(" ", "-") for line in text.splitlines() if line.startswith("### ")}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings
    for operation in re.findall(r"^### (?:GET|POST|PUT|DELETE) \S+\n\n(.*)$", text, re.M):
        assert not operation.startswith(("Takes", "Gives", "No token"))
