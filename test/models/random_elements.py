# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators of random graphs that compute element by element or along an axis; norms and GELUs also spelled out, or
nearly so. One function per family.

Each function draws its operands and attributes and keeps its results, or adds nothing when no value fits.
"""
import math

import numpy as np

from random_builder import BOOL, FLOAT, INT64

UNARY = {  # since which opset
    "Relu": 6, "Sigmoid": 6, "Tanh": 6, "Erf": 9, "Neg": 6, "Abs": 6, "Floor": 6, "Ceil": 6, "Round": 11, "Sign": 9,
    "Softplus": 1, "Softsign": 1, "Elu": 6, "Selu": 6, "Celu": 12, "HardSigmoid": 6, "HardSwish": 14, "Sin": 7,
    "Cos": 7, "Atan": 7, "Identity": 1, "LeakyRelu": 6, "ThresholdedRelu": 10, "Exp": 6, "Sqrt": 6, "Log": 6,
    "Reciprocal": 6, "Gelu": 20, "Mish": 18, "Shrink": 9, "Dropout": 7, "Asinh": 9, "Sinh": 9, "Cosh": 9,
}
JUMPS = ("Floor", "Ceil", "Round", "Sign", "ThresholdedRelu", "Shrink")


def unary(g):
    kind = g.choice(*(kind for kind, since in UNARY.items() if g.opset >= since))
    value = g.pick_input() if kind in JUMPS else g.pick()
    if not value:
        return
    name, attributes = value.name, {}
    if kind in ("Exp", "Sinh", "Cosh"):
        name = g.op("Clip", name, g.scalar(-3), g.scalar(3))
    if kind in ("Sqrt", "Log", "Reciprocal"):
        name = g.positive(name)
    if kind in ("LeakyRelu", "Elu", "Celu") and g.chance(0.5):
        attributes["alpha"] = round(g.dice.uniform(0.01, 1.5), 3)
    if kind == "Gelu" and g.chance(0.5):
        attributes["approximate"] = "tanh"
    g.keep(g.op(kind, name, **attributes), value.shape)


def not_finite(g):
    """Infinities and NaNs, to the end of the graph: both sides must have the same ones."""
    value = g.pick_input()
    if value:
        name = value.name if g.chance(0.5) else g.op("Mul", value.name, g.scalar(100))
        g.end(g.op(g.choice("Log", "Sqrt", "Exp", "Sinh", "Atanh", "Acosh"), name), value.shape)


def binary(g):
    kind = g.choice("Add", "Add", "Sub", "Mul", "Mul", "Div", "Min", "Max", "Sum", "Mean")
    left = g.pick(most=5)
    right = g.partner(left)
    if g.chance(0.4):
        left, right = right, left
    shape = g.joint(left, right)
    if shape is None:
        return
    operands = [left.name, g.positive(right.name, 0.5) if kind == "Div" else right.name]
    if kind in ("Min", "Max", "Sum", "Mean") and g.chance(0.4):
        operands.append(g.scalar(0.1))
    g.keep(g.op(kind, *operands), shape)


def power(g):
    base = g.pick(most=5)
    if g.chance(0.5):
        g.keep_tame(g.op("Pow", base.name, g.scalar(g.choice(2, 3))), base.shape)
        return
    exponent = g.partner(base)
    shape = g.joint(base, exponent)
    if shape is not None:
        g.keep(g.op("Pow", g.positive(base.name), g.op("Tanh", exponent.name)), shape)


def slope(g):
    value = g.pick(most=5)
    shape = g.narrowed(value.shape)
    if np.broadcast_shapes(shape, value.shape) == value.shape and len(shape) <= len(value.shape):
        g.keep(g.op("PRelu", value.name, g.weight(shape)), value.shape)


def gate(g):
    """A value times an activation of another: the gates of convnets and of language models."""
    value = g.pick(most=5)
    other = g.choice(value, g.partner(value))
    shape = g.joint(value, other)
    if shape is not None:
        g.keep_tame(g.op("Mul", value.name, g.op(g.choice("Sigmoid", "Tanh", "HardSigmoid"), other.name)), shape)


def where(g):
    value = g.pick_input()
    against = g.narrowed(value.shape)
    kinds = ["Less", "Greater"] + (["LessOrEqual", "GreaterOrEqual"] if g.opset >= 12 else [])
    condition = g.op(g.choice(*kinds), value.name, g.weight(against))
    shape = np.broadcast_shapes(value.shape, against)
    g.keep(condition, shape, BOOL)
    other = g.pick(where=lambda v: v.shape == value.shape) or value
    operands = [other.name, g.scalar(g.choice(0, -1e4, 1.5))]
    g.keep(g.op("Where", condition, *operands[::g.choice(1, -1)]), shape)


def logical(g):
    value = g.pick(dtype=BOOL)
    if value:
        other = g.pick(dtype=BOOL, where=lambda v: v.shape == value.shape)
        names = [g.op("Not", value.name), other.name]
        g.keep(g.op(g.choice("And", "Or", "Xor"), *names), value.shape, BOOL)


def cast(g):
    value = g.pick(dtype=g.choice(BOOL, INT64))
    if value:
        g.keep(g.op("Cast", value.name, to=FLOAT), value.shape)


def integers(g):
    value = g.pick(dtype=INT64)
    if not value:
        g.fresh_input(g.shape(g.choice(1, 2, 3)), INT64)
        return
    kinds = ["Add", "Sub", "Mul", "Div", "Mod", "Neg", "Abs", "Equal"] + (["Min", "Max"] if g.opset >= 12 else [])
    kind = g.choice(*kinds)
    operands = [value.name] + ([] if kind in ("Neg", "Abs") else [g.tensor(np.int64(g.choice(2, 3, -3, 5)))])
    g.keep(g.op(kind, *operands), value.shape, BOOL if kind == "Equal" else INT64)


def reduce(g):
    value = g.pick(1, 5)
    if not value:
        return
    kind = g.choice("Mean", "Sum", "Max", "Min", "L1", "L2", "SumSquare", "LogSum", "LogSumExp", "Prod")
    rank, keepdims = len(value.shape), g.choice(0, 1)
    axes = sorted(g.subset(range(rank)))
    name = g.positive(value.name) if kind == "LogSum" else value.name
    since = 13 if kind == "Sum" else 18
    if len(axes) == rank and g.chance(0.5):
        found = g.op("Reduce" + kind, name, keepdims=keepdims)
    else:
        found = g.axes_op(since, "Reduce" + kind, name, [a - rank if g.chance(0.3) else a for a in axes],
                          keepdims=keepdims)
    shape = [1 if axis in axes else size for axis, size in enumerate(value.shape) if keepdims or axis not in axes]
    keep = g.keep if kind in ("Mean", "Max", "Min") else g.keep_tame
    keep(found, shape, fixed=value.name in g.fixed)


def arg_reduce(g):
    value = g.pick_input(1)
    if value:
        axis, keepdims = g.dice.randrange(len(value.shape)), g.choice(0, 1)
        shape = [1 if a == axis else size for a, size in enumerate(value.shape) if keepdims or a != axis]
        g.keep(g.op(g.choice("ArgMax", "ArgMin"), value.name, axis=axis, keepdims=keepdims), shape, INT64)


def cumulate(g):
    value = g.pick(1, 4)
    if value:
        axis = g.tensor(np.int64(g.dice.randrange(-len(value.shape), len(value.shape))))
        g.keep_tame(g.op("CumSum", value.name, axis, exclusive=g.choice(0, 1), reverse=g.choice(0, 1)), value.shape)


def normalization(g):
    kind = g.choice("Batch", "Instance", "Group", "Layer", "Layer", "RMS", "LRN", "Lp", "MeanVariance")
    since = {"Layer": 17, "Group": 21, "RMS": 23, "MeanVariance": 13}.get(kind, 1)
    value = g.pick(4 if kind in ("LRN", "MeanVariance") else 3, 5, where=lambda v: math.prod(v.shape[2:]) > 2)
    if not value or g.opset < since or kind in ("LRN", "MeanVariance") and len(value.shape) != 4:
        return
    if kind == "MeanVariance" and value.name not in g.feeds:  # where a row is nearly constant, rounding alone decides
        return
    channels, name = value.shape[1], value.name
    if kind == "Batch":
        name = g.batch_normalized(name, channels)
    elif kind in ("Layer", "RMS"):
        axis = g.dice.randrange(-len(value.shape), len(value.shape) - 1)
        parameters = [g.weight(value.shape[axis:]) for _ in range(1 if kind == "RMS" else g.choice(1, 2, 2))]
        name = g.op(f"{kind}Normalization", name, *parameters, axis=axis, epsilon=1e-3)
    elif kind in ("Instance", "Group"):
        groups = {"num_groups": g.choice(*(d for d in range(1, channels + 1) if channels % d == 0))}
        name = g.op(f"{kind}Normalization", name, g.weight((channels,)), g.weight((channels,)), epsilon=1e-3,
                    **(groups if kind == "Group" else {}))
    elif kind == "LRN":
        name = g.op("LRN", name, size=g.choice(1, 3, 5), alpha=0.01, beta=0.75, bias=1.0)
    elif kind == "Lp":
        name = g.op("LpNormalization", g.positive(name, 0.1), axis=g.dice.randrange(len(value.shape)), p=g.choice(1, 2))
    else:
        name = g.op("MeanVarianceNormalization", name, axes=g.choice([0, 2, 3], [2, 3]))
    g.keep(name, value.shape)


def mean(g, name, axis):
    return g.axes_op(18, "ReduceMean", name, [axis])


def spelled_layer_norm(g):
    """A layer norm in nine nodes, or nearly one: another axis, power or shift, no centre, scales along other axes."""
    value = g.pick(2, 4, where=lambda v: v.shape[-1] > 2 and v.shape[-2] > 2)
    if not value:
        return
    near, (rows, columns) = g.chance(0.6), value.shape[-2:]
    axis = -2 if near and g.chance(0.3) else -1
    centred = value.name if g.chance(0.3) else g.op("Sub", value.name, mean(g, value.name, axis))
    spread = g.op("Sub", value.name, g.scalar(0.1)) if near and g.chance(0.3) else centred
    exponent = 4 if near and g.chance(0.2) else 2
    square = g.op("Mul", spread, spread) if g.chance(0.5) else g.op("Pow", spread, g.scalar(exponent))
    deviation = g.op("Sqrt", g.op("Add", mean(g, square, axis), g.scalar(g.choice(1e-3, 1e-2, 0.5))))
    if g.chance(0.3):
        name = g.op("Mul", centred, g.op("Reciprocal", deviation))
    else:
        name = g.op("Div", centred, deviation)
    scale = g.choice((columns,), (columns,), (), (1,), (rows, 1), (rows, columns))
    name = g.op("Mul", *g.subset([name, g.weight(scale)], 2))
    g.keep(g.op("Add", name, g.weight(g.choice((columns,), (columns,), (1,), (rows, 1)))), value.shape)


def spelled_group_norm(g):
    """As exporters write it below opset 21: an instance norm between two reshapes, then scale and shift."""
    value = g.pick(3, 5, where=lambda v: v.shape[1] > 1 and math.prod(v.shape[2:]) > 2)
    if not value:
        return
    channels = value.shape[1]
    groups = g.choice(*(d for d in range(1, channels + 1) if channels % d == 0))
    flat = g.op("Reshape", value.name, g.ints((0, groups, -1)))
    ones, zeros = g.tensor(np.ones(groups, np.float32)), g.tensor(np.zeros(groups, np.float32))
    flat = g.op("InstanceNormalization", flat, ones if g.chance(0.7) else g.weight((groups,)), zeros, epsilon=1e-3)
    name = g.op("Reshape", flat, g.op("Shape", value.name))
    along = (channels,) + (1,) * (len(value.shape) - 2)
    name = g.op("Mul", name, g.weight(g.choice(along, along, (1,) + along[1:])))
    g.keep(g.op("Add", name, g.weight(along)), value.shape)


def spelled_gelu(g):
    """A GELU in five or eight nodes, or one with other constants."""
    value, near = g.pick(), g.chance(0.5)
    x, scalar = value.name, g.scalar
    if g.chance(0.5):
        erf = g.op("Erf", g.op("Div", x, scalar(1.5 if near else 2**0.5)))
        sum_ = g.op("Add", erf, scalar(0.9 if near and g.chance(0.5) else 1))
        name = g.op("Mul", g.op("Mul", x, sum_), scalar(g.choice(0.5, 0.5, 0.5, 0.6)))
    else:
        cube = g.op("Mul", g.op("Mul", g.op("Mul", x, x), x), scalar(0.05 if near else 0.044715))
        tanh = g.op("Tanh", g.op("Mul", g.op("Add", x, cube), scalar(math.sqrt(2 / math.pi))))
        name = g.op("Mul", g.op("Mul", x, scalar(0.5)), g.op("Add", tanh, scalar(1)))
    g.keep_tame(name, value.shape)


def softmax(g):
    value = g.pick(1)
    if not value:
        return
    axis = g.dice.randrange(-len(value.shape), len(value.shape))
    kind = g.choice("Softmax", "Softmax", "LogSoftmax", "Spelled", *(["Hardmax"] if value.name in g.feeds else []))
    if kind == "Spelled":
        largest = g.axes_op(18, "ReduceMax", value.name, [axis])
        exponential = g.op("Exp", g.op("Sub", value.name, largest))
        name = g.op("Div", exponential, g.axes_op(13, "ReduceSum", exponential, [axis]))
    else:
        name = g.op(kind, value.name, axis=axis)
    g.keep(name, value.shape)


TABLE = {  # how often, relative to each other
    unary: 8, not_finite: 1, binary: 9, power: 2, slope: 1, gate: 2, where: 2, logical: 1, cast: 2, integers: 3,
    reduce: 5, arg_reduce: 1, cumulate: 1, normalization: 5, spelled_layer_norm: 2, spelled_group_norm: 1,
    spelled_gelu: 2, softmax: 4,
}
