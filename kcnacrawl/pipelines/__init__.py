"""One step of an item's way per file, adapters over pure functions."""
