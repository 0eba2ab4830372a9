# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The layers of random graphs: contractions, convolutions, pools, attention; one function per family."""
import math

import numpy as np

from random_builder import BOOL, FLOAT, LARGEST, SIZES, Value


def epilogue(g, name, shape):
    """What models put behind a contraction: a residual, an activation."""
    other = g.pick(where=lambda v: v.shape == tuple(shape)) if g.chance(0.3) else None
    if other:
        name = g.op("Add", *g.subset([name, other.name], 2))
    if g.chance(0.4):
        name = g.op(g.choice("Relu", "Tanh", "Sigmoid", "LeakyRelu"), name)
    return name


def matmul_right(g, left):
    """A right operand: another value, a weight with batch axes or without, or a vector."""
    depth = left.shape[-1]
    fits = lambda v: v.shape[-2] == depth and (len(v.shape) == 2 or v.shape[:-2] == left.shape[:-2])
    found = g.pick(2, 4, where=fits) if g.chance(0.3) else None
    if found:
        return found
    batch = tuple(g.choice(size, size, 1) for size in left.shape[:-2]) if g.chance(0.3) else ()
    shape = g.choice(batch + (depth, g.choice(*SIZES, 48, 64, 65)), *[batch + (depth, 16)] * 8, (depth,))
    return Value(g.weight(shape, depth**-0.5), FLOAT, shape)


def matmul(g):
    left = g.pick(1, 4)
    if not left:
        return
    if len(left.shape) > 1 and g.chance(0.15):  # a matrix by its own transpose
        perm = list(range(len(left.shape)))
        perm[-2:] = perm[:-3:-1]
        product = g.op("MatMul", left.name, g.op("Transpose", left.name, perm=perm))
        g.keep_tame(product, left.shape[:-1] + left.shape[-2:-1])
        return
    right = matmul_right(g, left)
    shape = np.matmul(np.zeros(left.shape), np.zeros(right.shape)).shape
    name = g.op("MatMul", left.name, right.name)
    if shape and g.chance(0.5):
        name = g.op("Add", *g.subset([name, g.weight(shape[-1:])], 2))
    g.keep(epilogue(g, name, shape), shape)


def gemm(g):
    value = g.pick(2, 2)
    if not value:
        return
    flip, flip_weight, columns = g.choice(0, 0, 1), g.choice(0, 1), g.choice(*SIZES, 40, 65)
    rows, depth = value.shape[::-1] if flip else value.shape
    weight = g.weight((columns, depth) if flip_weight else (depth, columns), depth**-0.5)
    bias = g.choice(None, (), (1,), (columns,), (1, columns), (rows, 1), (rows, columns))
    operands = [value.name, weight] + ([] if bias is None else [g.weight(bias)])
    name = g.op("Gemm", *operands, transA=flip, transB=flip_weight, alpha=g.choice(1.0, 0.5),
                beta=g.choice(1.0, 0.0, 2.0, -0.25))
    g.keep(epilogue(g, name, (rows, columns)), (rows, columns))


def window_sizes(sizes, attributes, ceil=False):
    """Output sizes of a convolution or pool; None when a window does not fit."""
    found, count = [], len(sizes)
    pads, mode = attributes.get("pads", [0] * 2 * count), attributes.get("auto_pad", "")
    for axis, size in enumerate(sizes):
        stride = attributes["strides"][axis]
        extent = (attributes["kernel_shape"][axis] - 1) * attributes.get("dilations", [1] * count)[axis] + 1
        room = size + pads[axis] + pads[count + axis] - extent
        if mode.startswith("SAME"):
            found.append(-(-size // stride))
        elif room < 0:
            return None
        else:
            steps = -(-room // stride) if ceil else room // stride
            late = bool(ceil) and steps * stride >= size + pads[axis]  # no window starts in the padding behind
            found.append(steps + 1 - late)
    return found


def conv_groups(g, channels):
    """Number of groups and of output channels."""
    divisors = [d for d in range(1, channels + 1) if channels % d == 0]
    groups = g.choice(*divisors, 1, 1, channels)
    return groups, groups * (g.choice(1, 3, 8, 16, 17, 32, 33) if groups == 1 else g.choice(1, 1, 2, 3, 5))


def conv(g):
    count = g.choice(1, 2, 2, 2, 3)
    value = g.pick(count + 2, count + 2)
    if not value:
        return
    channels, sizes = value.shape[1], value.shape[2:]
    groups, filters = conv_groups(g, channels)
    kernel = [g.choice(1, 1, 2, 3, 3, 5) for _ in sizes]
    attributes = {"kernel_shape": kernel, "strides": [g.choice(1, 1, 1, 2, 3) for _ in sizes], "group": groups}
    if g.chance(0.2):
        attributes["auto_pad"] = g.choice("SAME_UPPER", "SAME_LOWER", "VALID")
    else:
        attributes["pads"] = [g.choice(0, 0, 1, 2, 3) for _ in sizes * 2]
        attributes["dilations"] = [g.choice(1, 1, 1, 2, 3) for _ in sizes]
    found = window_sizes(sizes, attributes)
    if not found or math.prod(found) * filters * value.shape[0] > 2 * LARGEST:
        return
    fan = math.prod(kernel) * channels // groups
    bias = [g.weight((filters,))] if g.chance(0.6) else []
    name = g.op("Conv", value.name, g.weight((filters, channels // groups, *kernel), fan**-0.5), *bias, **attributes)
    if g.chance(0.3):
        name = g.batch_normalized(name, filters)
    shape = (value.shape[0], filters, *found)
    g.keep(epilogue(g, name, shape), shape)


def conv_transpose(g):
    count = g.choice(1, 2, 2, 3)
    value = g.pick(count + 2, count + 2)
    if not value:
        return
    channels, sizes = value.shape[1], value.shape[2:]
    groups, filters = conv_groups(g, channels)
    drawn = [(g.choice(1, 2, 3, 4), g.choice(1, 2, 3), g.choice(1, 1, 2), g.choice(0, 0, 1), g.choice(0, 1))
             for _ in sizes]
    kernel, strides, dilations, front, back = map(list, zip(*drawn))
    extra = [g.dice.randrange(stride) if g.chance(0.4) else 0 for stride in strides]
    found = [(size - 1) * s + (k - 1) * d + 1 - a - b + e
             for size, k, s, d, a, b, e in zip(sizes, kernel, strides, dilations, front, back, extra)]
    if min(found) < 1 or math.prod(found) * filters * value.shape[0] > 2 * LARGEST:
        return
    fan = math.prod(kernel) * channels // groups
    bias = [g.weight((filters,))] if g.chance(0.6) else []
    weight = g.weight((channels, filters // groups, *kernel), fan**-0.5)
    name = g.op("ConvTranspose", value.name, weight, *bias, kernel_shape=kernel, strides=strides, dilations=dilations,
                pads=front + back, output_padding=extra, group=groups)
    shape = (value.shape[0], filters, *found)
    g.keep(epilogue(g, name, shape), shape)


def pool_attributes(g, kind, count):
    kernel = [g.choice(1, 2, 3, 3, 4) for _ in range(count)]
    attributes = {"kernel_shape": kernel, "strides": [g.choice(1, 2, 2, 3) for _ in range(count)]}
    # With a size known at run time only, 'ceil_mode' is a documented limit.
    if (kind != "LpPool" or g.opset >= 18) and not g.symbolic and g.chance(0.3):
        attributes["ceil_mode"] = 1
    elif g.chance(0.2) and all(stride <= size for stride, size in zip(attributes["strides"], kernel)):
        attributes["auto_pad"] = g.choice("SAME_UPPER", "SAME_LOWER", "VALID")
    if "auto_pad" not in attributes and g.chance(0.6):
        attributes["pads"] = [g.dice.randrange(size) for size in kernel * 2]
    # Dilated windows with SAME_UPPER are left out: there onnxruntime pads as if they were not dilated.
    if kind == "MaxPool" and "auto_pad" not in attributes and g.chance(0.3):
        attributes["dilations"] = [g.choice(1, 2) for _ in kernel]
    if kind == "AveragePool":
        attributes["count_include_pad"] = g.choice(0, 1)
    if kind == "LpPool":
        attributes["p"] = g.choice(1, 2)
    return attributes


def pool(g):
    count = g.choice(1, 2, 2, 2, 3)
    value = g.pick(count + 2, count + 2)
    if not value:
        return
    kind = g.choice("MaxPool", "MaxPool", "AveragePool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool")
    if kind.startswith("Global"):
        g.keep(g.op(kind, value.name), value.shape[:2] + (1,) * count, fixed=value.name in g.fixed)
        return
    attributes = pool_attributes(g, kind, count)
    found = window_sizes(value.shape[2:], attributes, attributes.get("ceil_mode"))
    if found:
        name = g.positive(value.name, 0.1) if kind == "LpPool" else value.name
        g.keep(g.op(kind, name, **attributes), value.shape[:2] + tuple(found))


def resize(g):
    value = g.pick(4, 4)
    if not value or g.opset < 13:
        return
    modes = ["nearest"] + (["linear", "linear", "cubic"] if min(value.shape[2:]) > 1 else [])
    attributes = {"mode": g.choice(*modes)}
    attributes["coordinate_transformation_mode"] = g.choice("half_pixel", "asymmetric")
    if attributes["mode"] == "nearest":
        attributes["nearest_mode"] = g.choice("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")
    if g.chance(0.5):
        shape = value.shape[:2] + (g.choice(2, 3, 5, 8), g.choice(2, 4, 7, 8))
        operands = ["", "", g.ints(shape)]
    else:
        # No length comes out fractional: whether the scale or the rounded length then counts, onnxruntime disagrees.
        scales = [g.choice(*(s for s in (0.5, 1.5, 2, 2.5, 3) if size * s % 1 == 0)) for size in value.shape[2:]]
        shape = value.shape[:2] + tuple(int(size * s) for size, s in zip(value.shape[2:], scales))
        operands = ["", g.tensor(np.array([1, 1, *scales], np.float32))]
    if math.prod(shape) <= LARGEST:
        g.keep(g.op("Resize", value.name, *operands, **attributes), shape)


def attention_scores(g, query, key, size):
    """Scores with the scale in one of the places where exporters put it, or in none."""
    scale, place = size**-0.5, g.choice("query", "both", "product", "quotient", "heads", "none")
    heads = query.shape[1]
    left = g.op("Mul", query.name, g.scalar(scale)) if place == "query" else query.name
    right = g.op("Transpose", key.name, perm=[0, 1, 3, 2])
    if place == "both":
        left, right = (g.op("Mul", name, g.scalar(scale**0.5)) for name in (left, right))
    name = g.op("MatMul", left, right)
    if place == "product":
        name = g.op("Mul", name, g.scalar(scale))
    if place == "quotient":
        name = g.op("Div", name, g.scalar(1 / scale))
    return g.op("Mul", name, g.weight((heads, 1, 1))) if place == "heads" else name


def masked(g, scores, shape):
    """Scores plus a mask, or replaced where a mask says so; rows may be masked as a whole."""
    b, h, q, k = shape
    sizes = g.choice((q, k), (b, 1, 1, k), (b, h, q, k), (1, k), (h, q, 1), (b, 1, q, k), ())
    kind = g.choice("none", "weight", "input", "bits", "ends")
    if kind == "bits":
        operands = [scores, g.scalar(g.choice(-1e4, -1e9, float(np.finfo(np.float32).min)))]
        return g.op("Where", g.fresh_input(sizes, BOOL).name, *operands[::g.choice(1, -1)])
    if kind == "none":
        return scores
    mask = g.fresh_input(sizes).name if kind == "input" else g.weight(sizes)
    if kind == "ends":
        mask = g.tensor(np.where(g.random.random(sizes) < 0.5, 0, -1e4).astype(np.float32))
    return g.op("Add", *g.subset([scores, mask], 2))


def attention(g):
    b, h, q, k = g.choice(1, 2, 3), g.choice(1, 2, 3, 4), g.choice(1, 3, 7, 16, 33), g.choice(1, 5, 8, 17, 40)
    size, width = g.choice(1, 4, 8, 16, 20), g.choice(4, 8, 16, 17)
    query, key, value = (g.fresh_input(shape) for shape in ((b, h, q, size), (b, h, k, size), (b, h, k, width)))
    scores = masked(g, attention_scores(g, query, key, size), (b, h, q, k))
    if g.chance(0.1):
        scores = g.op("Clip", scores, g.scalar(-2), g.scalar(1))
    shares = g.op("Softmax", scores, axis=g.choice(-1, -1, 3, 2) if g.opset >= 13 else 3)
    if g.chance(0.1):
        shares = g.op("Mul", shares, g.weight((k,)))
    if g.chance(0.1):
        g.keep(shares, (b, h, q, k))
    name = g.op("MatMul", shares, value.name)
    if g.chance(0.5):
        name = g.op("Transpose", name, perm=[0, 2, 1, 3])
        g.keep(g.op("Reshape", name, g.ints((0, 0, h * width))), (b, q, h * width))
    else:
        g.keep(name, (b, h, q, width))


TABLE = {  # how often, relative to each other
    matmul: 6, gemm: 3, conv: 8, conv_transpose: 2, pool: 4, resize: 2, attention: 3,
}
