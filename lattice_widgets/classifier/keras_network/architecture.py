"""The networks, in Keras code that runs on any backend. Keras is imported when a network is built, not before."""

from collections.abc import Sequence
from typing import Any


def build_paper_network(
    size: int = 64,
    n_classes: int = 6,
    filters: Sequence[int] = (16, 16, 16),
    n_features: int = 128,
    dropout: float = 0.2,
    weight_decay: float = 1e-4,
) -> Any:
    """Return the network of Vasudevan et al. 2018, Fig. 1a, not yet trained.

    Three convolutions of 3 x 3, one average pooling by 2, a dense layer of 128 and a softmax; ReLU, L2 weight decay, and
    dropout of 20 % between the layers. The magnitude of the Fourier transform of a picture is symmetric under inversion,
    so the network looks at one half of it, which halves its work and loses nothing.

    Parameters
    ----------
    size : int
        Rows and columns of the descriptor [px].
    n_classes : int
        Number of answers.
    filters : sequence of int
        Filters of the three convolutions (the paper does not tell them).
    n_features : int
        Width of the dense layer, the features of the embedding.
    dropout : float
        Fraction of each layer's output that is masked.
    weight_decay : float
        L2 penalty.

    Returns
    -------
    keras.Model
        float32 (n, size, size, 1) -> float32 (n, n_classes). The layer named "features" gives (n, n_features).
    """
    import keras
    from keras import layers

    decay = keras.regularizers.L2(weight_decay)
    inputs = keras.Input((size, size, 1), name="descriptor")
    # two columns beyond the center, so that the first filters see around spots on the middle line
    x = layers.Cropping2D(((0, 0), (size // 2 - 2, 0)), name="half_plane")(inputs)
    for number, count in enumerate(filters, start=1):
        x = layers.Conv2D(count, 3, activation="relu", kernel_regularizer=decay, name=f"convolution_{number}")(x)
        if number < len(filters):
            x = layers.Dropout(dropout, name=f"dropout_{number}")(x)
    x = layers.AveragePooling2D(2, name="pooling")(x)
    x = layers.Dropout(dropout, name=f"dropout_{len(filters)}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(n_features, activation="relu", kernel_regularizer=decay, name="features")(x)
    x = layers.Dropout(dropout, name=f"dropout_{len(filters) + 1}")(x)
    outputs = layers.Dense(n_classes, activation="softmax", kernel_regularizer=decay, name="probabilities")(x)
    return keras.Model(inputs, outputs, name="paper")


def build_aligned_network(
    size: int = 64,
    n_classes: int = 6,
    filters: Sequence[int] = (32, 48, 64, 64, 32),
    n_features: int = 128,
    dropout: float = 0.3,
) -> Any:
    """Return the network of the default classifier, not yet trained; for descriptors that are aligned.

    It sees the magnitude and, so that faint spots count, its square root. Five convolutions, of which the first and the
    third halve the size; no pooling and no averaging over places, because on an aligned spectrum the place of a spot *is*
    the answer. Dropout stands before the two dense layers only: all passes of a picture share the convolutions.

    Parameters
    ----------
    size : int
        Rows and columns of the descriptor [px].
    n_classes : int
        Number of answers.
    filters : sequence of int
        Filters of the convolutions; at least three.
    n_features : int
        Width of the dense layer, the features of the embedding.
    dropout : float
        Fraction that is masked before each dense layer.

    Returns
    -------
    keras.Model
        float32 (n, size, size, 1) -> float32 (n, n_classes). The layer named "features" gives (n, n_features).
    """
    import keras
    from keras import layers, ops

    inputs = keras.Input((size, size, 1), name="descriptor")
    half = layers.Cropping2D(((0, 0), (size // 2 - 2, 0)), name="half_plane")(inputs)
    faint = layers.Activation(lambda x: ops.sqrt(ops.maximum(x, 0) + 1e-4), name="faint_spots")(half)
    x = layers.Concatenate(name="strong_and_faint")([half, faint])
    for number, count in enumerate(filters, start=1):
        x = layers.Conv2D(
            count,
            5 if number == 1 else 3,
            strides=2 if number in (1, 3) else 1,
            padding="same",
            use_bias=False,
            name=f"convolution_{number}",
        )(x)
        x = layers.BatchNormalization(name=f"normalization_{number}")(x)
        x = layers.Activation("relu", name=f"relu_{number}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dropout(dropout, name="dropout_1")(x)
    x = layers.Dense(n_features, activation="relu", name="features")(x)
    x = layers.Dropout(dropout, name="dropout_2")(x)
    outputs = layers.Dense(n_classes, activation="softmax", dtype="float32", name="probabilities")(x)
    return keras.Model(inputs, outputs, name="aligned")


#: architecture named in a model card -> the function that builds it
ARCHITECTURES = {"paper": build_paper_network, "aligned": build_aligned_network}
