"""Whether a server could listen at an address, looked at before the minutes of work that come before it does."""

import errno
import socket

from schemas.errors import DataProblem


def check_free(host: str, port: int) -> None:
    """Raise `DataProblem` where nobody can listen, or another program does, to which a printed link would lead."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            hint = "stop it, or give another port with --port"
            raise DataProblem("address-in-use", f"another program listens at {host}:{port}", hint=hint) from None
        why = (error.strerror or type(error).__name__).lower()
        hint = "give an address of this machine with --host, and a port that this user may use with --port"
        raise DataProblem("address-unusable", f"no server can listen at {host}:{port}: {why}", hint=hint) from None
