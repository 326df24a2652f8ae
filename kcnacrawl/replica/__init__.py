"""An offline stand-in for KCNA Watch with invented articles, for tests, the demo and the benchmark."""

from kcnacrawl.replica.replica import Replica

__all__ = ["Replica"]
