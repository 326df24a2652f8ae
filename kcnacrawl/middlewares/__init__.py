"""Politeness, retries and decoding between the engine and the sites."""
