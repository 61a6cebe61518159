import cors_policy
from asked import METHODS, asked, query_of
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

# Flask-CORS leaves it to Flask to answer preflights, and Flask does where a view does not answer OPTIONS by itself.
methods = [*METHODS, "OPTIONS"] if hasattr(cors_policy, "decide") else METHODS


@application.route("/", methods=methods)
@application.route("/<path:path>", methods=methods)
def answer(path=""):
    status, headers, body = asked(query_of(request.environ["RAW_URI"]))
    return Response(body, status=status, headers=headers, content_type="text/plain")


cors_policy.cors(application)
