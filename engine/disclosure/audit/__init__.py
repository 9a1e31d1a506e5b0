"""The log of answers: hash chain and Merkle tree in one, with signed checkpoints; see docs/reference/audit-log.md."""
