from asked import METHODS, asked
from cors_policy import cors
from fastapi import FastAPI, HTTPException, Request, Response

app = FastAPI()


@app.get("/errors/{status}")
async def error(status: int):
    raise HTTPException(status)


@app.api_route("/{path:path}", methods=[*METHODS, "OPTIONS"])
async def answer(request: Request):
    status, headers, body = asked(request.url.query)
    return Response(body, status_code=status, headers=headers, media_type="text/plain" if body else None)


application = cors(app)
