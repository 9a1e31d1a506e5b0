"""Rewrites that keep the meaning of a plan: one file, one public function, one example each."""
