"""What proves an archive, held against archives that are damaged on purpose."""
