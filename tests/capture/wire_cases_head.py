"""Odd status lines, headers and interim responses."""

from __future__ import annotations

from tests.capture.wire_case import OK, Case, body, failing

END = b"Content-Length: 2\r\n\r\nok"

STATUS_LINES = [
    Case("plain", (OK + END,)),
    Case("no_reason", (b"HTTP/1.1 200\r\n" + END,)),
    Case("empty_reason", (b"HTTP/1.1 200 \r\n" + END,)),
    Case("odd_reason", (b"HTTP/1.1 200 Very OK\r\n" + END,)),
    Case("latin1_reason", (b"HTTP/1.1 200 d\xe9j\xe0\r\n" + END,)),
    Case("long_reason", (b"HTTP/1.1 200 " + b"very " * 1000 + b"OK\r\n" + END,)),
    Case("very_long_reason", (b"HTTP/1.1 200 " + b"very " * 5000 + b"OK\r\n" + END,)),
    Case("lower_case_version", (b"http/1.1 200 OK\r\n" + END,)),
    Case("http10", (b"HTTP/1.0 200 OK\r\n" + END,)),
    Case("http10_until_close", (b"HTTP/1.0 200 OK\r\n\r\nok",)),
    Case("http10_keep_alive", (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + END,)),
    Case("http20_text", (b"HTTP/2.0 200 OK\r\n" + END,)),
    Case("http27", (b"HTTP/2.7 200 OK\r\n" + END,)),
    Case("status_999", (b"HTTP/1.1 999 Denied\r\n" + END,), 999),
    Case("status_2000", (b"HTTP/1.1 2000 OK\r\n" + END,), 2000),
    Case("status_299", (b"HTTP/1.1 299 Odd\r\n" + END,), 299),
    Case("status_404", (b"HTTP/1.1 404 Not Found\r\n" + END,), 404),
    Case("status_500", (b"HTTP/1.1 500 Broken\r\n" + END,), 500, tries=2),
    Case("status_520", (b"HTTP/1.1 520 Unknown\r\n" + END,), 520, tries=2),
    Case("icy", (b"ICY 200 OK\r\n" + END,), "DownloadFailedError", "unspecified", 2),
    failing("http2_without_minor", b"HTTP/2 200 OK\r\n" + END),
    failing("http09", b"<html>no header at all</html>", cut="disconnect"),
    failing("http09_with_lines", b"<html>\r\n<body>no header at all</body>\r\n</html>\r\n"),
    failing("status_word", b"HTTP/1.1 OK 200\r\n" + END),
    Case("status_negative", (b"HTTP/1.1 -200 OK\r\n" + END,), -200),
    failing("status_missing", b"HTTP/1.1\r\n" + END),
    failing("two_spaces", b"HTTP/1.1  200 OK\r\n" + END),
    failing("tabs", b"HTTP/1.1\t200\tOK\r\n" + END),
    failing("blank_line_first", b"\r\nHTTP/1.1 200 OK\r\n" + END),
    failing("garbage", bytes(range(256)) * 8),
    failing("tls_alert_on_plain_port", b"\x15\x03\x01\x00\x02\x02\x46\r\n"),
    failing("smtp_banner", b"220 mail.example.invalid ESMTP ready\r\n"),
    failing("ssh_banner", b"SSH-2.0-OpenSSH_9.2\r\n"),
]

HEADERS = [
    Case("header_case", (OK + b"sErVeR: x\r\nCONTENT-TYPE: text/html\r\n" + END,)),
    Case("header_order", (OK + b"Z: 1\r\nA: 2\r\nM: 3\r\n" + END,)),
    Case("header_repeats", (OK + b"Set-Cookie: a=1\r\nX: y\r\nset-cookie: b=2\r\n" + END,)),
    Case("header_latin1", (OK + b"X-Name: caf\xe9\r\n" + END,)),
    Case("header_utf8", (OK + "X-Name: 평양\r\n".encode() + END,)),
    Case("header_euc_kr_name", (OK + "평양: x\r\n".encode("euc-kr") + END,)),
    Case("header_folded", (OK + b"X-Long: one\r\n two\r\n\tthree\r\n" + END,)),
    Case("header_lf_only", (b"HTTP/1.1 200 OK\nServer: x\nContent-Length: 2\n\nok",)),
    Case("header_mixed_line_ends", (OK + b"Server: x\nA: b\r\nContent-Length: 2\n\r\nok",)),
    Case("header_no_colon", (OK + b"this is no header\r\n" + END,)),
    Case("header_only_no_colon", (OK + b"nothing\r\n\r\nok",)),
    Case("header_empty_name", (OK + b": x\r\n" + END,)),
    Case("header_space_before_colon", (OK + b"Server : x\r\n" + END,)),
    Case("header_nul", (OK + b"X-Nul: a\x00b\r\n" + END,)),
    Case("header_bare_cr", (OK + b"X-Cr: a\rb\r\n" + END,)),
    Case("header_control_bytes", (OK + b"X-Bell: \x07\x1b[31m\r\n" + END,)),
    Case("header_20_kb_line", (OK + b"X-Big: " + b"a" * 20_000 + b"\r\n" + END,)),
    Case("header_50_kb_line", (OK + b"Content-Security-Policy: " + b"b" * 50_000 + b"\r\n" + END,)),
    Case("header_500_lines", (OK + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + END,)),
    Case("header_empty_value", (OK + b"Server:\r\n" + END,)),
    Case("header_spaces_value", (OK + b"Server:  \t x \t \r\n" + END,)),
    Case("header_none", (OK + b"\r\nok",)),
    failing("header_starts_folded", OK + b" folded from nothing\r\n" + END),
    Case("two_content_types", (OK + b"Content-Type: text/html\r\nContent-Type: image/png\r\n" + END,)),
    Case("odd_content_type", (OK + b"Content-Type: ;;;=\xff\r\n" + END,)),
    Case("odd_disposition", (OK + b"Content-Disposition: attachment; filename=\xff\xfe\r\n" + END,)),
    Case("odd_date", (OK + b"Date: yesterday\r\nLast-Modified: -1\r\nExpires: 0\r\n" + END,)),
    Case("odd_location_on_200", (OK + b"Location: http://[::1\r\n" + END,)),
    Case("upgrade_offered", (OK + b"Upgrade: h2c\r\nConnection: Upgrade\r\n" + END,)),
]

INTERIM = [
    Case("continue_first", (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + END,)),
    Case("early_hints", (b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", 0.05, OK + END)),
    Case("five_interim", (b"HTTP/1.1 102 Processing\r\n\r\n" * 5 + OK + END,)),
    Case(
        "switching_protocols",
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "silence"),
        "DownloadTimeoutError",
        "time",
        tries=2,
        meta={"download_timeout": 0.5},
    ),
    failing("continue_then_close", b"HTTP/1.1 100 Continue\r\n\r\n", cut="disconnect"),
]

WITHOUT_BODY = [
    Case("no_content", (b"HTTP/1.1 204 No Content\r\n\r\n",), 204),
    Case("no_content_with_body", (b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody",), 204, body=b""),
    Case("not_modified", (b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n',), 304),
    Case("not_modified_with_body", (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nbody",), 304, body=b""),
    Case("reset_content", (b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",), 205),
    Case("head", (OK + b"Content-Length: 1000\r\n\r\n",), method="HEAD", body=b""),
    Case("head_with_body", (body(b"should not be here"),), method="HEAD", body=b""),
]

CASES = STATUS_LINES + HEADERS + INTERIM + WITHOUT_BODY
