# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators of random graphs that move elements: reshapes, cuts, joins, gathers; one function per family."""
import math

import numpy as np

from random_builder import BOOL, FLOAT, INT64, LARGEST, Value


def transpose(g):
    value = g.pick(1, dtype=g.choice(FLOAT, FLOAT, FLOAT, FLOAT, INT64, BOOL))
    if value:
        perm = g.dice.sample(range(len(value.shape)), len(value.shape))
        g.keep(g.op("Transpose", value.name, perm=perm), [value.shape[a] for a in perm], value.dtype)


def prime_factors(number):
    factor = 2
    while number > 1:
        while number % factor == 0:
            yield factor
            number //= factor
        factor += 1


def reshape(g):
    value = g.pick(most=6)
    sizes = [1] * g.choice(1, 2, 3, 4, 5)
    for factor in prime_factors(math.prod(value.shape)):
        sizes[g.dice.randrange(len(sizes))] *= factor
    written = list(sizes)
    if g.chance(0.5):
        written[g.dice.randrange(len(written))] = -1
    for axis, size in enumerate(value.shape[:len(sizes)]):
        if written[axis] == size and g.chance(0.4):
            written[axis] = 0
    g.keep(g.op("Reshape", value.name, g.ints(written)), sizes)


def flatten(g):
    value = g.pick(1)
    if value:
        axis = g.dice.randint(0, len(value.shape))
        g.keep(g.op("Flatten", value.name, axis=axis), [math.prod(value.shape[:axis]), math.prod(value.shape[axis:])])


def squeeze(g):
    value = g.pick()
    ones = [axis for axis, size in enumerate(value.shape) if size == 1]
    if ones and g.chance(0.5):
        axes = g.subset(ones)
        g.keep(g.axes_op(13, "Squeeze", value.name, axes), [s for a, s in enumerate(value.shape) if a not in axes])
    elif len(value.shape) < 5:
        axis = g.dice.randint(0, len(value.shape))
        shape = value.shape[:axis] + (1,) + value.shape[axis:]
        g.keep(g.axes_op(13, "Unsqueeze", value.name, [axis]), shape, fixed=value.name in g.fixed)


def concat(g):
    first = g.pick(1)
    if not first:
        return
    axis, parts = g.dice.randrange(len(first.shape)), [first]
    outside = lambda shape: shape[:axis] + (0,) + shape[axis + 1:]
    for _ in range(g.choice(1, 2, 3)):
        part = g.pick(1, where=lambda v: len(v.shape) > axis and outside(v.shape) == outside(first.shape))
        if g.chance(0.3):
            shape = outside(first.shape)[:axis] + (g.choice(1, 2, 3, 5),) + first.shape[axis + 1:]
            part = Value(g.weight(shape), FLOAT, shape)
        parts.append(part)
    shape = list(first.shape)
    shape[axis] = sum(part.shape[axis] for part in parts)
    if math.prod(shape) <= LARGEST:
        g.keep(g.op("Concat", *(part.name for part in parts), axis=g.choice(axis, axis - len(shape))), shape)


def split(g):
    value = g.pick(1, where=lambda v: max(v.shape, default=0) > 1)
    if not value:
        return
    axis = g.choice(*(axis for axis, size in enumerate(value.shape) if size > 1))
    size = value.shape[axis]
    cuts = sorted(g.dice.sample(range(1, size), g.dice.randrange(1, min(size, 4))))
    sizes = [end - start for start, end in zip([0] + cuts, cuts + [size])]
    if g.opset >= 13:
        parts = g.op("Split", value.name, g.ints(sizes), outputs=len(sizes), axis=axis)
    else:
        parts = g.op("Split", value.name, outputs=len(sizes), axis=axis, split=sizes)
    for part, size in zip(parts, sizes):
        g.keep(part, value.shape[:axis] + (size,) + value.shape[axis + 1:])


def slice_bounds(g, size):
    """Start, end, step and number of elements along an axis; ends may be far outside, as exporters write them."""
    step = g.choice(1, 1, 1, 2, 3, -1, -2)
    if step > 0:
        start = g.choice(0, g.dice.randrange(-size, size))
        end = g.choice(size, 2**31 - 1, 2**63 - 1, g.dice.randint(-size, size))
        return start, end, step, len(range(*slice(start, end, step).indices(size)))
    start = g.choice(-1, size - 1, g.dice.randrange(-size, size))
    end = g.choice(-2**31, -2**62, -2**63, g.dice.randrange(-size, size))
    last = None if end < -size else end
    return start, end, step, len(range(*slice(start, last, step).indices(size)))


def cut(g):
    value = g.pick(1, dtype=g.choice(FLOAT, FLOAT, FLOAT, FLOAT, INT64))
    if not value:
        return
    axes = g.subset(range(len(value.shape)))
    starts, ends, steps, sizes = zip(*(slice_bounds(g, value.shape[axis]) for axis in axes))
    if min(sizes) > 0:
        shape = [dict(zip(axes, sizes)).get(axis, size) for axis, size in enumerate(value.shape)]
        g.keep(g.op("Slice", value.name, *map(g.ints, (starts, ends, axes, steps))), shape, value.dtype)


def pad(g):
    value = g.pick(1)
    if not value:
        return
    mode = g.choice("constant", "reflect", "edge", *(["wrap"] if g.opset >= 19 else []))
    most = {"reflect": lambda size: min(2, size - 1), "wrap": lambda size: min(2, size)}.get(mode, lambda size: 2)
    pads = [g.dice.randint(0, most(size)) if g.chance(0.6) else 0 for size in value.shape * 2]
    if mode == "constant" and g.chance(0.3):  # negative pads cut
        pads = [-1 if pad == 0 and size > 3 and g.chance(0.3) else pad for pad, size in zip(pads, value.shape * 2)]
    shape = [size + sum(pads[axis::len(value.shape)]) for axis, size in enumerate(value.shape)]
    if math.prod(shape) <= LARGEST:
        fill = [g.scalar(g.choice(0, 1.5, -2))] if mode == "constant" and g.chance(0.6) else []
        g.keep(g.op("Pad", value.name, g.ints(pads), *fill, mode=mode), shape)


def gather(g):
    value = g.pick(1)
    if not value:
        return
    axis, kind = g.dice.randrange(len(value.shape)), g.choice("Gather", "Gather", "GatherElements", "GatherND")
    size, attributes = value.shape[axis], {"axis": axis}
    if kind == "Gather":
        drawn = g.choice((), (1,), (3,), (2, 3), (5,))
        indices, shape = g.random.integers(-size, size, drawn), value.shape[:axis] + drawn + value.shape[axis + 1:]
    elif kind == "GatherElements":
        shape = [g.dice.randint(1, size) for size in value.shape]
        indices = g.random.integers(-size, size, shape)
    else:
        depth, count = g.dice.randint(1, len(value.shape)), g.choice(1, 3, 4)
        indices = np.stack([g.random.integers(0, size, count) for size in value.shape[:depth]], -1)
        shape, attributes = (count,) + value.shape[depth:], {}
    if kind == "Gather" and g.chance(0.3):
        name = g.input(f"in{len(g.inputs)}", np.shape(indices), INT64)
        g.feeds[name] = np.asarray(indices, np.int64)
    else:
        name = g.ints(indices)
    g.keep(g.op(kind, value.name, name, **attributes), shape)


def expand(g):
    value = g.pick(most=4)
    if not value:
        return
    shape = [g.choice(1, 2, 3, 5) if size == 1 else g.choice(size, size, 1) for size in value.shape]
    shape = (g.choice(1, 2),) * g.choice(0, 0, 1) + tuple(shape)
    target = Value(g.ints(shape), FLOAT, shape)
    found = g.joint(value, target)
    if found is not None:
        g.keep(g.op("Expand", value.name, target.name), found)


def tile(g):
    value = g.pick(1, 4)
    if value:
        repeats = [g.choice(1, 1, 2, 3) for _ in value.shape]
        shape = [size * times for size, times in zip(value.shape, repeats)]
        if math.prod(shape) <= LARGEST:
            g.keep(g.op("Tile", value.name, g.ints(repeats)), shape)


def triangle(g):
    value = g.pick(2)
    if value and g.opset >= 14:
        diagonal = [g.tensor(np.int64(g.dice.randrange(-3, 4)))] if g.chance(0.6) else []
        g.keep(g.op("Trilu", value.name, *diagonal, upper=g.choice(0, 1)), value.shape)


def blocks(g):
    value, size = g.pick(4, 4), g.choice(2, 3)
    if not value:
        return
    n, c, h, w = value.shape
    if c % size**2 == 0:
        name = g.op("DepthToSpace", value.name, blocksize=size, mode=g.choice("DCR", "CRD"))
        g.keep(name, (n, c // size**2, h * size, w * size))
    if h % size == 0 and w % size == 0:
        g.keep(g.op("SpaceToDepth", value.name, blocksize=size), (n, c * size**2, h // size, w // size))


def shape_chain(g):
    """A reshape to sizes the graph computes from shapes: one axis in front, the others together, perhaps in halves."""
    value = g.pick(2, 4)
    if not value:
        return
    axis = g.dice.randrange(len(value.shape))
    size, rest = value.shape[axis], math.prod(value.shape) // value.shape[axis]
    first, count = g.dim(value.name, axis), g.choice(1, 2)
    if size % 2 == 0 and g.chance(0.5):
        first, size, rest = g.op("Div", first, g.const(2)), size // 2, rest * 2
    elif g.chance(0.3):
        first, size, rest = g.op("Mul", first, g.const(1)), size, rest
    if rest % count == 0:
        axes = lambda name: g.axes_op(13, "Unsqueeze", name, [0])
        target = g.op("Concat", axes(first), g.ints([count, -1]), axis=0)
        g.keep(g.op("Reshape", value.name, target), (size, count, rest // count))


TABLE = {  # how often, relative to each other
    transpose: 4, reshape: 3, flatten: 1, squeeze: 2, concat: 4, split: 2, cut: 4, pad: 3, gather: 3, expand: 2,
    tile: 1, triangle: 1, blocks: 2, shape_chain: 3,
}
