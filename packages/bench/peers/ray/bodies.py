"""Large bodies: POST counts the bytes it is sent as they come, GET ?bytes=N answers N bytes."""

from starlette.responses import Response


class Bodies:
    def __init__(self):
        self.made = {}

    async def __call__(self, request):
        if request.method == "POST":
            received = 0
            async for chunk in request.stream():
                received += len(chunk)
            return Response(str(received).encode(), media_type="text/plain")
        size = int(request.query_params["bytes"])
        body = self.made.setdefault(size, b"x" * size)
        return Response(body, media_type="application/octet-stream")
