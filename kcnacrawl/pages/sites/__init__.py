"""One module or package per site. Each has ``recognises(url, text)`` and ``read(document)``; nothing lists them."""
