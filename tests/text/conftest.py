"""How properties are tried here: the same examples on every run, no clock, nothing stored between runs."""

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None, max_examples=200)
settings.load_profile("same")
