"""The meaning, written down: slow, obvious Python over rows, without optimisation. Other targets must agree with it."""

from engine.targets.reference.cohort import ReferenceTarget

__all__ = ["ReferenceTarget"]
