"""Generated files and requests come in, one JSON object a line; what the libraries answer in this very process goes out."""

import asyncio
import json
import sys
from urllib.parse import unquote

import django
from corsheaders.checks import check_settings
from corsheaders.middleware import CorsMiddleware
from corsheaders.signals import check_request_enabled
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from flask import Flask

settings.configure(SECRET_KEY="a test", ALLOWED_HOSTS=["*"], INSTALLED_APPS=["corsheaders"])
django.setup()


def of_django(names):
    own = {name: value for name, value in names.items() if name.startswith("CORS_")}
    with override_settings(**own):
        if errors := check_settings():
            raise ValueError(str(errors))
    middleware = names.get("CorsMiddleware", CorsMiddleware)(lambda request: HttpResponse("the view"))

    def answer(method, path, headers):
        with override_settings(**own):
            response = middleware(RequestFactory().generic(method, "/", headers=dict(headers), RAW_URI=path))
        return response.status_code, list(response.items())

    return answer


def of_fastapi(names):
    async def view(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the view"})

    app = names["cors"](view)

    def answer(method, path, headers):
        sent = []

        async def send(message):
            sent.append(message)

        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        path = path.encode("latin-1")
        asyncio.run(app({"type": "http", "method": method, "path": unquote(path), "raw_path": path, "headers": headers}, None, send))
        return sent[0]["status"], [[part.decode("latin-1") for part in pair] for pair in sent[0]["headers"]]

    return answer


def of_flask(names):
    app = Flask("application")
    app.add_url_rule("/<path:path>", view_func=lambda path: "the view", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    names["cors"](app)

    def answer(method, path, headers):
        response = app.test_client().open("/view", method=method, headers=headers, environ_overrides={"RAW_URI": path})
        return response.status_code, list(response.headers.items())

    return answer


LIBRARIES = {"django": of_django, "fastapi": of_fastapi, "flask": of_flask}
answer = None

for line in sys.stdin:
    asked = json.loads(line)
    try:
        if "text" in asked:
            # The receivers of the file before would be asked, too, as long as they live.
            check_request_enabled.receivers.clear()
            check_request_enabled.sender_receivers_cache.clear()
            names = {}
            exec(compile(asked["text"], "generated", "exec"), names)
            answer = LIBRARIES[asked["target"]](names)
            said = {"loaded": True}
        else:
            status, headers = answer(asked["method"], asked["path"], asked["headers"])
            said = {"status": status, "headers": headers}
    except Exception as error:
        said = {"error": repr(error)}
    print(json.dumps(said), flush=True)
