"""A form as a browser sends it that runs no scripts: `multipart/form-data` (RFC 7578), as far as one page needs it."""

import re
from typing import Final

from schemas.errors import SyntaxProblem

_BOUNDARY: Final = re.compile(r'boundary="?([\w\'()+,./:=?-]{1,70})"?')
_NAME: Final = re.compile(rb'; name="(\w{1,32})"')
_MOST_FIELDS: Final = 4


def read_form(content_type: str, body: bytes) -> dict[str, bytes]:
    """The contents of the fields by name, those of files too.

    Raises `SyntaxProblem` for what is no form, or has more than a few fields.
    """
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise _no_form()
    first, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode(), _MOST_FIELDS + 2)
    if first or not parts or parts[-1].strip() != b"--":
        raise _no_form()
    return dict(_field(part) for part in parts[:-1])


def _field(part: bytes) -> tuple[str, bytes]:
    head, gap, content = part.partition(b"\r\n\r\n")
    name = _NAME.search(head)
    if not gap or name is None:
        raise _no_form()
    return name[1].decode(), content


def _no_form() -> SyntaxProblem:
    return SyntaxProblem("media-type", "the body is no form of this page")
