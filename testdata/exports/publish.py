# SPDX-License-Identifier: Apache-2.0
"""Writes one exported model with its input and the source framework's output.

A folder holds model.onnx, inputs.npz, expected.npz (uncompressed, float32, keyed by the graph's input and output names) and
origin.json (who made it). Nothing is published that is too large, not finite, or so flat that a shifted pad could hide in it.
"""
import json
import pathlib
import zlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent
MODEL_LIMIT_BYTES = 1_000_000
SPREAD_LIMIT = 0.02  # least standard deviation of an output over its images and classes


def generator(name, purpose):
    """The random generator of one model for one purpose ("weights", "images", ...); the same on every run."""
    return np.random.default_rng(zlib.crc32(f"{name}/{purpose}".encode()))


def images(name, purpose, shape, scale=1.0):
    """Signed images, normal with standard deviation `scale`, float32 of `shape`."""
    return (scale * generator(name, purpose).standard_normal(shape)).astype(np.float32)


def half(array):
    """`array` as float32 with the precision of float16: statistics that survive another machine's rounding."""
    return np.asarray(array, np.float16).astype(np.float32)


def graph_names(model):
    """The one input (initialisers are not inputs) and the one output of `model`."""
    stored = {tensor.name for tensor in model.graph.initializer}
    [source] = [value.name for value in model.graph.input if value.name not in stored]
    [result] = [value.name for value in model.graph.output]
    return source, result


def check_spread(name, expected):
    """Raises ValueError unless `expected` is finite and varies over classes (last axis) and over images (first axis)."""
    spread = float(expected.std(axis=-1).min())
    if not np.isfinite(expected).all() or spread < SPREAD_LIMIT:
        raise ValueError(f"{name}: output spread {spread}, limit {SPREAD_LIMIT}")
    if len(expected) > 1 and float(expected.std(axis=0).max()) < SPREAD_LIMIT:
        raise ValueError(f"{name}: the images give the same output")


def publish(name, model, image, expected, origin):
    """Writes the folder `name`. `image` and `expected` are float32 arrays; `origin` says how it was made.

    origin: framework, exporter, size (what the graph's input accepts), exact (False where `expected` is only near), and notes.
    """
    encoded = model.SerializeToString()
    if len(encoded) > MODEL_LIMIT_BYTES:
        raise ValueError(f"{name}: {len(encoded)} bytes, limit {MODEL_LIMIT_BYTES}")
    check_spread(name, expected)
    source, result = graph_names(model)
    folder = ROOT / name
    folder.mkdir(exist_ok=True)
    (folder / "model.onnx").write_bytes(encoded)
    np.savez(folder / "inputs.npz", **{source: np.ascontiguousarray(image, np.float32)})
    np.savez(folder / "expected.npz", **{result: np.ascontiguousarray(expected, np.float32)})
    (folder / "origin.json").write_text(json.dumps(origin, indent=2) + "\n")
    print(f"{name}: {len(encoded)} bytes, output std {expected.std():.3f}", flush=True)
