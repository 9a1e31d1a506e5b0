"""Other people's programs that some tests compare with."""

import shutil
import subprocess

import pytest


def tool(name, *arguments, **options):
    """What a program writes; skips the test where it is not installed."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed (Debian has a package of that name)")
    done = subprocess.run([name, *map(str, arguments)], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout
