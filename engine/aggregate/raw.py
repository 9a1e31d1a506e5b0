"""What true numbers have in common on their way to the gate."""

from typing import NoReturn


class Raw:
    """True numbers, held in memory: no serializer and a repr without numbers. Only the gate may turn them into
    something that leaves."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<true numbers>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot be serialised")
