"""What every part of an export knows: the mode, where it is, and the concept sets written so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cohort_dsl.ast import ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName, Let, Mode
from cohort_dsl.json_read import Json
from cohort_dsl.tree import span_of
from schemas.errors import Unsupported

JsonObject = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One export under way; `where` says in words which part of the document is written."""

    mode: Mode
    lets: dict[str, Let]
    sets: list[JsonObject] = field(default_factory=list)
    where: str = "the document"

    def within(self, where: str) -> "Context":
        """The same export, in another part of the document."""
        return replace(self, where=where)

    def refusal(self, construct: str, node: object, hint: str) -> Unsupported:
        """The problem of something Circe has no words for."""
        message = f"{self.where}: Circe cannot say {construct}"
        return Unsupported("circe-cannot-say", message, span=span_of(node), hint=hint)

    def codeset_id(self, concepts: ConceptSet) -> int:
        """The id of the concept set; one that has no name gets one of its own."""
        match concepts:
            case ConceptSet(included=(ConceptSetName(name=name),), excluded=()) if name in self.lets:
                return list(self.lets).index(name)
            case _:
                number = len(self.sets)
                self.sets.append(self._written(number, f"set {number}", concepts))
                return number

    def add_lets(self) -> None:
        """Write every named set, in order, so that its position is its id."""
        for number, let in enumerate(self.lets.values()):
            self.sets.append(self._written(number, let.name, let.concepts))

    def _written(self, number: int, name: str, concepts: ConceptSet) -> JsonObject:
        inside = self.within(f"the concept set `{name}`")
        items: list[Json] = [_item(item, is_excluded=False) for item in inside._plain(concepts.included, set())]
        items += [_item(item, is_excluded=True) for item in inside._plain(concepts.excluded, set())]
        return {"id": number, "name": name, "expression": {"items": items}}

    def _plain(self, items: Iterable[ConceptItem], met: set[str]) -> list[ConceptById]:
        """Concepts by id; a named set is written out, which is the same only where it excludes nothing, and only where
        it is first met."""
        found: list[ConceptById] = []
        for item in items:
            match item:
                case ConceptById():
                    found.append(item)
                case ConceptByCode(vocabulary=vocabulary, code=code):
                    hint = "name the standard concept by its id; `kohort concepts` finds it"
                    raise self.refusal(f'the code {vocabulary}:"{code}"', item, hint)
                case ConceptSetName(name=name) if name in met:
                    pass
                case ConceptSetName(name=name):
                    met.add(name)
                    inner = self.lets[name].concepts
                    if inner.excluded:
                        hint = "write its concepts out, or leave them out where they are used"
                        raise self.refusal(f"the set `{name}`, which excludes concepts, inside another set", item, hint)
                    found += self._plain(inner.included, met)
        return found


def _item(concept: ConceptById, *, is_excluded: bool) -> JsonObject:
    return {
        "concept": concept_json(concept),
        "isExcluded": is_excluded,
        "includeDescendants": concept.descendants,
        "includeMapped": concept.mapped,
    }


def concept_json(concept: ConceptById) -> JsonObject:
    """A concept as ATLAS writes it, as far as the document knows it."""
    return {"CONCEPT_ID": concept.concept_id, **({"CONCEPT_NAME": concept.label} if concept.label else {})}
