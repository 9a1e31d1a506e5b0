"""`python -m api` is `kohort`."""

from api.cli import main

main()
