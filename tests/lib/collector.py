"""Python's collector of cycles, which looks through all that was made again and again, whoever made it."""

import gc


def leave_alone() -> None:
    """What is there now is not looked through any more; what nobody holds of it goes first.

    Ten thousand tests, and what is imported for them, are 600,000 objects: two thirds of a second each time.
    """
    gc.collect()
    gc.freeze()
