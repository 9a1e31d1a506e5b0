"""The file of trusted issuers: who signs people in, whose visas are believed, and what opens which tier.

docs/do/connect-an-identity-provider.md shows one. Whatever it does not name is not trusted.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from api.identity.addresses import Address
from schemas.errors import DataProblem

Model = TypeVar("Model", bound=BaseModel)
Item = TypeVar("Item")

Algorithm = Literal["RS256", "ES256"]
VisaType = Literal[
    "AffiliationAndRole", "AcceptedTermsAndPolicies", "ResearcherStatus", "ControlledAccessGrants", "LinkedIdentities"
]
TokenType = Literal["at+jwt", "application/at+jwt", "JWT", "vnd.ga4gh.passport+jwt"]

Text = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$")]
Some = Annotated[tuple[Item, ...], Field(min_length=1, max_length=1000, strict=False)]
Any = Annotated[tuple[Item, ...], Field(max_length=100_000, strict=False)]

MOST_BYTES: Final = 8 * 2**20
_ROLES: Final = ("faculty", "staff", "employee", "student", "member")


class Strict(BaseModel):
    """A table of the file: every key is known and of its type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SignIn(Strict):
    """A provider whose access tokens or passports are accepted.

    `keys` is the address of its key set. `longest_minutes` limits how long a token may be valid. When `acr` names
    authentication contexts, the token must name one of them; this is how multi-factor sign-in is required.
    """

    issuer: Address
    keys: Address
    algorithms: Some[Algorithm] = ("RS256", "ES256")
    token_types: Some[TokenType] = ("at+jwt", "application/at+jwt", "vnd.ga4gh.passport+jwt")
    longest_minutes: int = Field(default=60, ge=1, le=24 * 60)
    acr: Any[Text] = ()


class VisaIssuer(Strict):
    """An issuer whose visas are believed, for these types and on behalf of these sources.

    Exactly one of `jku` and `keys` is given. With `jku` its visas are document tokens and must name this very
    address; with `keys` they are access tokens and must name none.
    """

    issuer: Address
    types: Some[VisaType]
    sources: Some[Text]
    jku: Address | None = None
    keys: Address | None = None
    algorithms: Some[Algorithm] = ("RS256", "ES256")
    longest_days: int = Field(default=90, ge=1, le=3 * 366)

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.jku is None) == (self.keys is None):
            raise ValueError("give one of `jku` (visas that name it) and `keys` (visas that name no address)")
        return self

    @property
    def address(self) -> str:
        """Where its keys are."""
        return self.jku or self.keys or ""


class Institution(Strict):
    """An institution and the domains of its affiliations; it is the account that pays."""

    id: Name
    domains: Some[Domain]


class RegisteredRules(Strict):
    """What a registered researcher's visas must say."""

    statuses: Some[Text]
    terms: Some[Text]
    roles: Some[Text] = _ROLES
    affiliation_days: int = Field(default=365, ge=1, le=366)


class ControlledRules(Strict):
    """What a grant of controlled access must say: the data set, and which committees may give it."""

    dataset: Text
    committees: Some[Text]


class InternalRules(Strict):
    """Staff of the trusted environment: the claim and value that mark them, and the accounts they are logged under."""

    claim: Text
    value: Text
    project: Name = "internal"
    institution: Name


class IdentityRules(Strict):
    """The whole file.

    Either researchers sign in, by visas, or staff, by a claim of their own provider: a file that has `internal` has
    nothing of the others, so no visa can ever open the internal tier. `people` names the file of projects and denials,
    beside this one.
    """

    audience: Text
    people: Text
    sign_in: Some[SignIn]
    visa_issuers: Any[VisaIssuer] = ()
    institutions: Any[Institution] = ()
    registered: RegisteredRules | None = None
    controlled: ControlledRules | None = None
    internal: InternalRules | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        once("sign_in.issuer", (one.issuer for one in self.sign_in))
        once("visa_issuers.issuer", (one.issuer for one in self.visa_issuers))
        once("institutions.id", (one.id for one in self.institutions))
        once("institutions.domains", (domain for one in self.institutions for domain in one.domains))
        of_research = (self.visa_issuers, self.institutions, self.registered)
        if self.internal is not None and (any(of_research) or self.controlled is not None):
            raise ValueError("a file with [internal] has no visas, institutions, [registered] or [controlled]")
        if self.internal is None and not all(of_research):
            raise ValueError("researchers need [[visa_issuers]], [[institutions]] and [registered]")
        return self


def read_rules(path: Path) -> IdentityRules:
    """The rules of a file; raises `DataProblem`."""
    return read_toml(path, IdentityRules)


def read_toml(path: Path, model: type[Model]) -> Model:
    """A file in TOML as `model`; raises `DataProblem`, which names places of the file and none of its values."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _problem(path, f"the file has more than {MOST_BYTES} bytes")
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise _problem(path, "the file cannot be read") from None
    except tomllib.TOMLDecodeError as error:
        raise _problem(path, f"not TOML: {_place(error)}") from None
    except UnicodeDecodeError:
        raise _problem(path, "not UTF-8") from None
    except ValidationError as error:
        raise _problem(path, _first_fault(error)) from None


def _place(error: tomllib.TOMLDecodeError) -> str:
    """Where reading stopped; what stood there is not repeated."""
    _, _, place = str(error).rpartition("(")
    return place.rstrip(")") or "reading stopped"


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else str(fault["msg"])


def _problem(path: Path, message: str) -> DataProblem:
    return DataProblem(
        "identity-file", f"{path.name}: {message}", hint="correct the file; until then nobody gets in", place=path
    )


def once(place: str, values: Iterable[str]) -> None:
    """Raises `ValueError` when a value is there twice."""
    if any(times > 1 for times in Counter(values).values()):
        raise ValueError(f"{place}: a value is there twice")
