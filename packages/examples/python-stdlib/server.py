"""A model server of the Python standard library alone: reads a handwritten digit from 8x8 pixels.

Sluice starts it on the port it is to use: python3 server.py --port {port}
"""

import argparse
import json
import math
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MODEL = json.loads((Path(__file__).parent / "weights.json").read_text())
PIXELS = len(MODEL["weights"][0])


def check(pixels):
    if not isinstance(pixels, list) or len(pixels) != PIXELS:
        raise ValueError(f"an image is a list of {PIXELS} numbers from 0 (paper) to 16 (ink)")
    if not all(isinstance(pixel, (int, float)) for pixel in pixels):
        raise ValueError("every pixel is a number from 0 (paper) to 16 (ink)")


def predict(pixels):
    """Multinomial logistic regression: softmax(W x + b)."""
    logits = [sum(w * x for w, x in zip(row, pixels)) + b for row, b in zip(MODEL["weights"], MODEL["bias"])]
    top = max(logits)
    exponentials = [math.exp(logit - top) for logit in logits]
    total = sum(exponentials)
    return {"probabilities": [value / total for value in exponentials], "label": logits.index(top)}


class Handler(BaseHTTPRequestHandler):
    # Keeps connections, and sends head and body together.
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        if self.path == "/health":
            return self.answer(200, {"status": "ok"})
        self.answer(200, {"input": f"pixels: {PIXELS} numbers, or a list of images", "output": "probabilities, label"})

    def do_POST(self):
        try:
            images, is_single = self.read_images()
        except ValueError as error:
            return self.answer(400, {"error": str(error)})
        if self.path == "/stream":
            return self.stream(images)
        results = [predict(image) for image in images]
        if is_single:
            return self.answer(200, results[0])
        self.answer(200, {key: [result[key] for result in results] for key in ("probabilities", "label")})

    def read_images(self):
        """The images of the request, and whether there was one alone."""
        length = self.headers.get("Content-Length")
        if length is None:
            raise ValueError("the request needs a Content-Length")
        body = json.loads(self.rfile.read(int(length)))
        pixels = body.get("pixels") if isinstance(body, dict) else body
        if not isinstance(pixels, list) or not pixels:
            raise ValueError('send {"pixels": [64 numbers]} or {"pixels": [image, image, ...]}')
        is_single = not isinstance(pixels[0], list)
        images = [pixels] if is_single else pixels
        for image in images:
            check(image)
        return images, is_single

    def stream(self, images):
        """One line of JSON per image, each as soon as it is known."""
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for image in images:
            line = json.dumps(predict(image)).encode() + b"\n"
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text, *values):
        """The gateway and the dashboard count requests; a line for each would say nothing new."""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    print(f"listening on port {port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
