"""Writes ../weights.json from the logistic regression in ../../digits/digits-logreg.onnx, with the standard library alone.

An ONNX file is a protobuf message: the model's field 7 is the graph, whose field 5 are the initial tensors, with
dimensions (1), name (8) and little-endian floats (9). Run it in this folder: python3 read_weights.py
"""

import json
import struct
from pathlib import Path

HERE = Path(__file__).parent


def read_number(data, at):
    """A protobuf varint: seven bits per byte, lowest first."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """Yields (number, value) of a message; nested messages come as bytes."""
    at = 0
    while at < len(data):
        key, at = read_number(data, at)
        if key & 7 == 0:
            value, at = read_number(data, at)
        elif key & 7 == 2:
            length, at = read_number(data, at)
            value, at = data[at : at + length], at + length
        else:
            size = 8 if key & 7 == 1 else 4
            value, at = data[at : at + size], at + size
        yield key >> 3, value


def read_tensors(model):
    graph = next(value for number, value in fields(model) if number == 7)
    for number, tensor in fields(graph):
        if number == 5:
            name = next(value for field, value in fields(tensor) if field == 8).decode()
            raw = next(value for field, value in fields(tensor) if field == 9)
            yield name, struct.unpack(f"<{len(raw) // 4}f", raw)


tensors = dict(read_tensors((HERE / "../../digits/digits-logreg.onnx").read_bytes()))
weights, bias = tensors["W"], tensors["b"]
classes = len(bias)
# The file has 64 rows of 10; a row per class is what a dot product wants.
rows = [[round(weights[pixel * classes + one], 6) for pixel in range(64)] for one in range(classes)]
text = json.dumps({"weights": rows, "bias": [round(value, 6) for value in bias]}, separators=(",", ":"))
(HERE / "../weights.json").write_text(text + "\n")
