"""What the query of a request asks for, as upstream.rs reads it: status, headers, and body."""

import json
import os
from urllib.parse import parse_qsl

OWN_CORS_HEADERS = json.loads(os.environ["OWN_CORS_HEADERS"])
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PURGE"]


def asked(query):
    query = dict(parse_qsl(query))
    status = int(query.get("status", 200))
    headers = {"X-Upstream": "seen"}
    if query.get("cors") == "own":
        headers.update(OWN_CORS_HEADERS)
    if query.get("vary") == "1":
        headers["Vary"] = "Accept-Encoding"
    if 300 <= status <= 399 and status != 304:
        headers["Location"] = "/elsewhere"
    if "raise" in query:
        raise RuntimeError("nobody handles this")
    body = "" if status in (204, 304) else "upstream\n"
    return status, headers, body


def query_of(target):
    """The query, where gunicorn has none because it cuts off what follows a `#`."""
    return target.partition("?")[2]
