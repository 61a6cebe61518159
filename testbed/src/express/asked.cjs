// What the query of a request asks for, as upstream.rs reads it: status, headers, and body.
"use strict";

const OWN_CORS_HEADERS = JSON.parse(process.env.OWN_CORS_HEADERS);

module.exports = function asked(req, res) {
  const query = new URL(req.originalUrl.replace(/^[^?]*/, ""), "http://localhost").searchParams;
  const status = Number(query.get("status") ?? 200);
  res.status(status).set("X-Upstream", "seen").type("text/plain");
  if (query.get("cors") === "own") {
    res.set(OWN_CORS_HEADERS);
  }
  if (query.get("vary") === "1") {
    res.set("Vary", "Accept-Encoding");
  }
  if (status >= 300 && status <= 399 && status !== 304) {
    res.set("Location", "/elsewhere");
  }
  res.end(status === 204 || status === 304 ? undefined : "upstream\n");
};
