#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a small model from standard input, gives its first node another name, and writes it.

    tests/html/rename.py FILE NAME
"""

import pathlib
import sys


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """Yields (number, wire type, value) of a message; values of length-delimited fields are bytes."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        if tag & 7 == 0:
            value, at = read_varint(data, at)
        elif tag & 7 == 2:
            size, at = read_varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            raise ValueError("not in these models")
        yield tag >> 3, tag & 7, value


def replaced(data, path, text):
    """`data` with the first field at `path` (numbers, outermost first) holding `text`."""
    out, is_done = b"", False
    for number, kind, value in fields(data):
        if number == path[0] and not is_done:
            value, is_done = (text if len(path) == 1 else replaced(value, path[1:], text)), True
        out += varint(number << 3 | kind) + (varint(value) if kind == 0 else varint(len(value)) + value)
    return out


# onnx.proto: ModelProto.graph, GraphProto.node, NodeProto.name
pathlib.Path(sys.argv[1]).write_bytes(replaced(sys.stdin.buffer.read(), (7, 1, 3), sys.argv[2].encode()))
