"""A kernel is compiled anew when one that it calls, in another file, has changed."""

import os
import subprocess
import sys
from pathlib import Path

CALLED = """
from engine.kernels._jit import jit

@jit
def called(number):
    return number + {}
"""
CALLS = """
from called import called
from engine.kernels._jit import jit

@jit
def calls(number):
    return 10 * called(number)
"""


def test_what_was_compiled_with_another_file_as_it_was_is_not_used(tmp_path: Path):
    (tmp_path / "calls.py").write_text(CALLS)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path), *sys.path)), "NUMBA_CACHE_DIR": ""}
    found = []
    for added in (1, 1, 22):
        (tmp_path / "called.py").write_text(CALLED.format(added))
        asked = [sys.executable, "-c", "from calls import calls; print(calls(1))"]
        found.append(subprocess.run(asked, env=environment, capture_output=True, text=True, check=True).stdout)
    assert found == ["20\n", "20\n", "230\n"]
