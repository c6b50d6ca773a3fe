"""An MLP of 4 x 1024 x 1024 in onnxruntime, one thread, behind Ray Serve's own batching. The body is 1024 float32 values."""

import numpy
import onnxruntime
from ray import serve
from starlette.responses import Response


class Mlp:
    def __init__(self, path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    @serve.batch(max_batch_size=32, batch_wait_timeout_s=0.002)
    async def run(self, rows):
        (answers,) = self.session.run(None, {"x": numpy.stack(rows)})
        return list(answers)

    async def __call__(self, request):
        row = numpy.frombuffer(await request.body(), dtype=numpy.float32)
        answer = await self.run(row)
        return Response(answer.tobytes(), media_type="application/octet-stream")
