"""No-op: the same small JSON answer as every other side."""

from starlette.responses import Response

BODY = b'{"message":"Hello from Sluice!"}'


class Noop:
    async def __call__(self, request):
        return Response(BODY, media_type="application/json")
