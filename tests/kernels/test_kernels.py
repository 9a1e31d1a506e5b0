"""Whatever the kernel, it has a twin to be compared with."""

import inspect

import pytest

from tests.lib.kernels import KERNELS, twin_of


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_has_one_twin_with_the_same_parameters(name):
    assert inspect.signature(twin_of(name)) == inspect.signature(KERNELS[name].py_func)
