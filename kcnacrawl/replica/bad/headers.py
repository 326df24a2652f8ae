"""Status lines and headers that are odd, broken or too many."""

from __future__ import annotations

from kcnacrawl.replica.bad.sample import Bad, head, raw, sized

_MANY = [f"X-Number-{i}: {i}" for i in range(300)]

HEADERS: dict[str, Bad] = {
    "header_repeated": Bad(
        "repeats Set-Cookie and Link",
        True,
        lambda s: raw(
            sized(
                s.page, "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2; HttpOnly", "Link: </x>; rel=a", "Link: </y>; rel=b"
            )
        ),
    ),
    "header_case": Bad(
        "writes header names in odd case",
        True,
        lambda s: raw(sized(s.page, "x-mIXed-CaSe: Yes").replace(b"Content-Length", b"cOnTeNt-LeNgTh")),
    ),
    "header_folded": Bad("folds a header over two lines", True, lambda s: raw(sized(s.page, "X-Long: one\r\n two"))),
    "header_latin1": Bad("sends bytes above 127 in a header", True, lambda s: raw(sized(s.page, "X-Name: S\xe3o"))),
    "header_utf8": Bad(
        "sends UTF-8 in a header", True, lambda s: raw(sized(s.page, "X-Name: " + "평양".encode().decode("latin-1")))
    ),
    "header_empty_value": Bad(
        "sends headers without a value", True, lambda s: raw(sized(s.page, "X-None:", "X-Blank:  "))
    ),
    "header_no_colon": Bad("sends a header line without a colon", True, lambda s: raw(sized(s.page, "Nonsense"))),
    "header_no_space": Bad(
        "writes no space after the colons", True, lambda s: raw(sized(s.page).replace(b": ", b":", 2))
    ),
    "header_space_before_colon": Bad("writes a space before a colon", True, lambda s: raw(sized(s.page, "X-Gap : 1"))),
    "header_nul": Bad("sends a NUL byte in a header", True, lambda s: raw(sized(s.page, "X-Nul: a\0b"))),
    "header_many": Bad("sends 300 headers", True, lambda s: raw(sized(s.page, *_MANY))),
    "header_huge": Bad(
        "sends one header of 100,000 bytes", False, lambda s: raw(sized(s.page, "X-Huge: " + "h" * 100_000))
    ),
    "header_bare_lf": Bad(
        "ends header lines with LF alone",
        True,
        lambda s: raw(head(f"Content-Length: {len(s.page)}").replace(b"\r\n", b"\n") + s.page),
    ),
    "header_bare_cr": Bad(
        "ends header lines with CR alone",
        False,
        lambda s: raw(head(f"Content-Length: {len(s.page)}").replace(b"\r\n", b"\r") + s.page),
    ),
    "no_headers": Bad(
        "sends a status line, an empty line and the page", True, lambda s: raw(b"HTTP/1.1 200 OK\r\n\r\n" + s.page)
    ),
    "no_status_line": Bad("sends the page and no HTTP at all", False, lambda s: raw(s.page)),
    "status_no_reason": Bad(
        "a status line without a reason", True, lambda s: raw(sized(s.page).replace(b"200 OK", b"200", 1))
    ),
    "status_long_reason": Bad(
        "a status line with a long reason in UTF-8",
        True,
        lambda s: raw(sized(s.page).replace(b"200 OK", "200 아주 좋다".encode() + b"!" * 500, 1)),
    ),
    "status_no_number": Bad(
        "a status that is no number", False, lambda s: raw(sized(s.page).replace(b"200 OK", b"OK fine", 1))
    ),
    "status_999": Bad("status 999 with the page", False, lambda s: raw(sized(s.page, status="999 Who Knows"))),
    "status_299": Bad("status 299 with the page", False, lambda s: raw(sized(s.page, status="299 Odd"))),
    "status_http2": Bad(
        "claims HTTP/2.0 in text", False, lambda s: raw(sized(s.page).replace(b"HTTP/1.1", b"HTTP/2.0", 1))
    ),
    "early_hints": Bad(
        "sends 103 Early Hints before the answer",
        True,
        lambda s: raw(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" + sized(s.page)),
    ),
    "continue": Bad(
        "sends 100 Continue before the answer", True, lambda s: raw(b"HTTP/1.1 100 Continue\r\n\r\n" + sized(s.page))
    ),
    "blank_lines_first": Bad(
        "sends empty lines before the status line", True, lambda s: raw(b"\r\n\r\n" + sized(s.page))
    ),
    "status_204": Bad("204 No Content with a body", False, lambda s: raw(sized(s.page, status="204 No Content"))),
    "status_205": Bad("205 Reset Content", False, lambda s: raw(sized(b"", status="205 Reset Content"))),
    "status_206": Bad(
        "206 with a part nobody asked for",
        False,
        lambda s: raw(sized(s.page[:5000], f"Content-Range: bytes 0-4999/{len(s.page)}", status="206 Partial Content")),
    ),
    "status_304": Bad("304 Not Modified nobody asked for", False, lambda s: raw(head(status="304 Not Modified"))),
    "status_401": Bad(
        "401 asking for a password",
        False,
        lambda s: raw(
            sized(b"<h1>Who are you?</h1>", 'WWW-Authenticate: Basic realm="watch"', status="401 Unauthorized")
        ),
    ),
    "status_407": Bad(
        "407 asking for a proxy password",
        False,
        lambda s: raw(
            sized(b"", 'Proxy-Authenticate: Basic realm="watch"', status="407 Proxy Authentication Required")
        ),
    ),
    "status_408": Bad("408 Request Timeout", False, lambda s: raw(sized(b"", status="408 Request Timeout"))),
    "status_410": Bad("410 Gone", False, lambda s: raw(sized(b"<h1>Gone</h1>", status="410 Gone"))),
    "status_500": Bad(
        "500 with the page as body", False, lambda s: raw(sized(s.page, status="500 Internal Server Error"))
    ),
    "status_502": Bad("502 Bad Gateway", False, lambda s: raw(sized(b"<h1>502</h1>", status="502 Bad Gateway"))),
    "status_503_date": Bad(
        "503 with a Retry-After date of long ago",
        False,
        lambda s: raw(sized(b"", "Retry-After: Wed, 01 Jan 2020 00:00:00 GMT", status="503 Service Unavailable")),
    ),
    "status_429_nonsense": Bad(
        "429 with a Retry-After that is no time",
        False,
        lambda s: raw(sized(b"", "Retry-After: soon", status="429 Too Many Requests")),
    ),
    "close_unannounced": Bad(
        "says keep-alive and closes", True, lambda s: raw(sized(s.page, "Connection: keep-alive"))
    ),
    "upgrade": Bad(
        "101 Switching Protocols nobody asked for",
        False,
        lambda s: raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
    ),
}
