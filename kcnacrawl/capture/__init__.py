"""Download handlers that keep the bytes of the wire."""
