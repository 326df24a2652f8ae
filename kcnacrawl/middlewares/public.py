"""Whether an address lies in the public Internet."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from urllib.parse import ParseResult


async def is_public(parts: ParseResult) -> bool:
    """Return whether every address that the host resolves to is a public one; False when it does not resolve."""
    try:
        answers = await asyncio.get_running_loop().getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return False
    addresses = [ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]
    return bool(addresses) and all(address.is_global for address in addresses)
