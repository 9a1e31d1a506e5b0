"""The fast target: plans as kernels over the memory-mapped event index."""

from engine.targets.kernels.target import KernelTarget

__all__ = ["KernelTarget"]
