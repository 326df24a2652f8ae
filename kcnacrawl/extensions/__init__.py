"""Parts of a run that are not requests: archive, report, progress."""
