from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.urls import path, re_path
from rest_framework.authentication import BasicAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from asked import asked, query_of


def answer(request):
    target = request.META.get("RAW_URI") or "?" + request.META["QUERY_STRING"]
    status, headers, body = asked(query_of(target))
    return HttpResponse(body, status=status, headers=headers, content_type="text/plain")


def error(request, status):
    raise {400: SuspiciousOperation, 403: PermissionDenied, 404: Http404}[status]


class Rest(APIView):
    """GET is for everyone, PUT for people with an account, and DELETE is not there."""

    authentication_classes = [BasicAuthentication]

    def get_permissions(self):
        return [IsAuthenticated()] if self.request.method == "PUT" else [AllowAny()]

    def get(self, request):
        return Response({"rest": True}, headers={"X-Upstream": "seen"})

    def put(self, request):
        return Response({})


urlpatterns = [path("rest", Rest.as_view()), path("errors/<int:status>", error), path("slash/", answer), re_path("^(?!errors|slash)", answer)]
