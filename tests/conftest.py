"""For all tests."""

from __future__ import annotations

import signal

# A suite that runs in the background of a shell inherits that Ctrl-C is ignored, and so would every command it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
