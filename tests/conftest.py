"""What every test may use. Servers of tests know callers by the development issuer, which has to be asked for, and have
rates that nobody reaches: tests of rates bring a policy of their own."""

import gc
import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.lib.budgets import examples
from tests.lib.collector import leave_alone
from tests.lib.memory import keep_temporary_folders_in_memory
from tests.lib.policies import wide_policy
from tests.lib.shared import shared_folder

os.environ["KOHORT_LOCAL_ISSUER"] = "true"
keep_temporary_folders_in_memory()

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile(
    "kohort", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(100, nightly=1_000)
)
settings.load_profile("kohort")


@pytest.fixture(scope="session", autouse=True)
def wide_rates() -> Iterator[None]:
    """The policy of every server that names no other."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KOHORT_POLICY"] = str(wide_policy(Path(folder)))
        yield
        del os.environ["KOHORT_POLICY"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs; tests that need it are skipped where it is absent."""
    path = shared_folder()
    if path is None:
        pytest.skip("the real inputs are not here; set KOHORT_SHARED to their folder")
    return path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files with what is found")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Finding the tests makes hardly any garbage, and what it finds stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        leave_alone()


def pytest_unconfigure() -> None:
    """Libraries take themselves apart at the end, and complain of what is left."""
    gc.unfreeze()
