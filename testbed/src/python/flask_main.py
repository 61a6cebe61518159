from asked import METHODS, asked
from cors_policy import cors
from flask import Flask, Response, abort, request

application = Flask(__name__)
application.config["MAX_CONTENT_LENGTH"] = 4


@application.route("/errors/<int:status>")
def error(status):
    abort(status)


@application.route("/upload", methods=["POST"])
def upload():
    return request.get_data()


@application.route("/slash/")
def slash():
    return ""


@application.after_request
def own(response):
    response.headers["X-Own"] = "yes"
    return response


@application.route("/", methods=METHODS)
@application.route("/<path:path>", methods=METHODS)
def answer(path=""):
    status, headers, body = asked(request.query_string.decode())
    return Response(body, status=status, headers=headers, content_type="text/plain")


cors(application)
