"""kcnacrawl: an archive of North Korean state media that can be proven, replayed and re-read."""

__version__ = "0.1.0"
