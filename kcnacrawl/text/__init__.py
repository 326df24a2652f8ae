"""Text functions: str in, str out; no network, clock, settings or logger."""
