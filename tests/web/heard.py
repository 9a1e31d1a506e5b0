"""A page as a screen reader has it: Chromium's accessibility tree, its controls, and what is told without being asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

CONTROLS: Final = frozenset(
    [
        "button",
        "link",
        "textbox",
        "searchbox",
        "combobox",
        "checkbox",
        "radio",
        "slider",
        "spinbutton",
        "Date",
        "DisclosureTriangle",
    ]
)
AROUND: Final = frozenset(["group", "region", "dialog", "navigation", "radiogroup", "figure", "list", "table", "row"])
WHOLE: Final = frozenset(("combobox", "Date"))
"""Controls whose own parts are the browser's."""

LISTEN: Final = """() => {
  window.heard = [];
  const isTold = (region) => region && !region.closest("[hidden], [aria-busy=true]") && region.innerText.trim();
  const regionsOf = ({ target, addedNodes }) =>
    [target, ...addedNodes]
      .map((node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement))
      .map((element) => element?.closest("[role=status], [role=alert], [aria-live]"));
  const isNews = ({ type, target, addedNodes }) => (type === "attributes" ? !target.hidden : addedNodes.length > 0);
  const told = (changes) => new Set(changes.filter(isNews).flatMap(regionsOf).filter(isTold));
  new MutationObserver((changes) => told(changes).forEach((region) => window.heard.push(region.innerText.trim()))).observe(
    document.body, { subtree: true, childList: true, attributeFilter: ["hidden"] });
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Something that can be used: what it is, its name, and the names of the groups around it, from without to within."""

    role: str
    name: str
    groups: tuple[str, ...]


def controls(page: "Page") -> list[Control]:
    """All that can be used of what the page shows, in its order."""
    session = page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in session.send("Accessibility.getFullAXTree")["nodes"]}
    session.detach()
    root = next(node for node in nodes.values() if "parentId" not in node)
    return list(_within(nodes, root, ()))


def _within(nodes: dict[str, Any], node: dict[str, Any], groups: tuple[str, ...]) -> Iterator[Control]:
    role, name = (node.get(part, {}).get("value", "") for part in ("role", "name"))
    if not node["ignored"]:
        if role in CONTROLS:
            yield Control(role=role, name=name, groups=groups)
        if role in WHOLE:
            return
        if role in AROUND and name:
            groups = (*groups, name)
    for child in node.get("childIds", ()):
        if child in nodes:
            yield from _within(nodes, nodes[child], groups)


def listen(page: "Page") -> None:
    """From now on remember what live regions tell: each time that one gets a text, although it had the same."""
    page.evaluate(LISTEN)


def heard(page: "Page") -> list[str]:
    """What was told since this was asked last."""
    told: list[str] = page.evaluate("() => window.heard.splice(0)")
    return told
