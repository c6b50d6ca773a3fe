"""Server-sent events: 200 tokens, each produced in its own turn of the event loop."""

import asyncio

from starlette.responses import StreamingResponse

TOKENS = 200


async def tokens():
    for index in range(TOKENS):
        yield f"data: token {index}\n\n"
        await asyncio.sleep(0)


class Stream:
    async def __call__(self, request):
        return StreamingResponse(tokens(), media_type="text/event-stream")
