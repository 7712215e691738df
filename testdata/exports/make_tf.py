# SPDX-License-Identifier: Apache-2.0
"""Exports the Keras networks with tf2onnx and with Keras' own ONNX export: `python make_tf.py [NAME...]`.

Each model is made in a process of its own, because tf2onnx numbers its tensors by a counter of the process.
"""
import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile

FIXED = {"PYTHONHASHSEED": "0", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One model: network, exported extents (N, H, W), extents of its test images, opset, and how it is exported.

    scale: standard deviation of the images. seed: the model whose weights and images it shares, if not its own.
    """

    net: str
    exported: tuple
    tested: tuple
    opset: int
    activation: str | None = None
    exporter: str = "tf2onnx"
    nchw: bool = False
    scale: float = 1.0
    seed: str = ""
    notes: str = ""


BATCH, ANY = None, (None, None, None)
RECIPES = {
    "resnet50_static": Recipe("resnet50", (1, 61, 75), (1, 61, 75), 11, "softmax"),
    "resnet50_batch": Recipe("resnet50", (BATCH, 64, 64), (2, 64, 64), 13),
    "resnet50_dynamic": Recipe("resnet50", ANY, (1, 65, 65), 15),
    "resnet50v2_static": Recipe("resnet50v2", (1, 64, 64), (1, 64, 64), 17),
    "resnet50v2_batch": Recipe("resnet50v2", (BATCH, 65, 65), (2, 65, 65), 12, "softmax"),
    "resnet50v2_dynamic": Recipe("resnet50v2", ANY, (1, 61, 75), 13),
    "mobilenetv2_static": Recipe("mobilenetv2", (1, 65, 65), (1, 65, 65), 18, "softmax"),
    "mobilenetv2_batch": Recipe("mobilenetv2", (BATCH, 64, 64), (2, 64, 64), 15, nchw=True,
                                notes="exported with inputs_as_nchw"),
    "mobilenetv2_dynamic": Recipe("mobilenetv2", ANY, (1, 61, 75), 11),
    "efficientnetb0_static": Recipe("efficientnetb0", (1, 61, 75), (1, 61, 75), 16, scale=64.0),
    "efficientnetb0_dynamic": Recipe("efficientnetb0", ANY, (1, 64, 64), 18, scale=64.0),
    "resnet50_same": Recipe("resnet50_same", ANY, (2, 61, 75), 17),
    "resnet50_same_batch": Recipe("resnet50_same", (BATCH, 61, 75), (2, 61, 75), 17, seed="resnet50_same",
                                  notes="`resnet50_same` with the same weights and images: the pads are tf2onnx's own"),
    "keras_export_resnet50v2": Recipe("resnet50v2", (BATCH, 64, 64), (1, 64, 64), 14, exporter="keras"),
    "keras_export_resnet50_same": Recipe("resnet50_same", ANY, (1, 64, 64), 15, exporter="keras"),
}


def export_tf2onnx(model, image, recipe):
    """The ModelProto that tf2onnx makes of `model`."""
    import tensorflow as tf
    import tf2onnx

    signature = [tf.TensorSpec(image.shape, tf.float32, name="image")]
    nchw = ["image:0"] if recipe.nchw else None
    return tf2onnx.convert.from_keras(model, signature, opset=recipe.opset, inputs_as_nchw=nchw)[0]


def export_keras(model, recipe):
    """The ModelProto that Keras' own export makes of `model`."""
    import onnx

    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "model.onnx")
        model.export(path, format="onnx", opset_version=recipe.opset, verbose=False)
        return onnx.load(path)


def origin(recipe):
    """Who made the model, for origin.json and the table of the README."""
    import keras
    import tensorflow as tf
    import tf2onnx

    by_keras = f"keras {keras.__version__} model.export, through " if recipe.exporter == "keras" else ""
    size = "x".join("?" if extent is None else str(extent) for extent in recipe.exported)
    return {"framework": f"keras {keras.__version__}, tensorflow {tf.__version__}",
            "exporter": f"{by_keras}tf2onnx {tf2onnx.__version__}",
            "size": f"{size}, {'NCHW' if recipe.nchw else 'NHWC'}", "exact": True, "notes": recipe.notes}


def make(name):
    """Builds, seeds, runs, exports and publishes the model `name`."""
    import keras
    import keras_nets
    import tensorflow as tf
    from keras_weights import seed_weights
    from publish import images, publish

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    recipe = RECIPES[name]
    seed = recipe.seed or name
    keras.utils.set_random_seed(1)  # before the layers: dropout takes its seed when made, and calibration runs it
    image = keras.Input((*recipe.exported[1:], 3), batch_size=recipe.exported[0], name="image")
    builder = getattr(keras_nets, recipe.net)
    model = builder(image, 10, recipe.activation)
    # A network with a fixed batch cannot be calibrated on another: weights are seeded on its twin without one.
    twin = builder(keras.Input((*recipe.exported[1:], 3), name="image"), 10, recipe.activation)
    seed_weights(twin, seed, recipe.tested[1:], recipe.scale)
    model.set_weights(twin.get_weights())
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    data = images(seed, "images", (*recipe.tested, 3), recipe.scale)
    expected = model(data, training=False).numpy()
    exported = export_keras(model, recipe) if recipe.exporter == "keras" else export_tf2onnx(model, image, recipe)
    publish(name, exported, data.transpose(0, 3, 1, 2) if recipe.nchw else data, expected, origin(recipe))


def main(names):
    """Makes the named models, or all, each in a process of its own whose hashes are seeded."""
    if len(names) == 1 and FIXED.items() <= os.environ.items():
        make(names[0])
        return
    for name in names or RECIPES:
        subprocess.run([sys.executable, __file__, name], check=True, env={**os.environ, **FIXED})


if __name__ == "__main__":
    main(sys.argv[1:])
