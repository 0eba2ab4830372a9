# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The state of a random graph while it grows: the values so far with their sizes, the dice, and what may be joined."""
import collections
import math
import random

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from graph import Graph

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
OPSETS = [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23]
SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 33]  # one, primes, powers of two, and both sides of a vector
LARGEST_INPUT, LARGEST, MOST_AXES = 3000, 20000, 6

Value = collections.namedtuple("Value", "name dtype shape")


class RandomGraph(Graph):
    """A graph whose operators draw their operands from `values`, which holds every value with its sizes in this run."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        super().__init__(f"random_{seed}", self.dice.choice(OPSETS), seed)
        self.symbolic = self.chance(0.35)
        self.values, self.ends, self.feeds = [], [], {}
        self.fixed = set()  # names of values whose sizes of one are written in the model

    def chance(self, share):
        return self.dice.random() < share

    def choice(self, *options):
        return self.dice.choice(options)

    def subset(self, options, least=1):
        """Some of the options, in random order."""
        return self.dice.sample(options, self.dice.randint(least, len(options)))

    def shape(self, rank):
        while True:
            shape = tuple(self.choice(*SIZES) for _ in range(rank))
            if math.prod(shape) <= LARGEST_INPUT:
                return shape

    def declared(self, shape):
        """Sizes as a model declares them. A size has one symbol and a symbol one size, and no symbol stands for one:
        a size known at run time only is never taken for a one that broadcasts. Channels stay numbers, mostly."""
        share = [0.1 if len(shape) > 2 and axis == 1 else 0.5 for axis in range(len(shape))]
        return [f"n{size}" if self.symbolic and size > 1 and self.chance(share[axis]) else size
                for axis, size in enumerate(shape)]

    def fresh_input(self, shape, dtype=FLOAT, below=6):
        """A new input, fed with numbers around zero (floats), in [-5, below), or bits."""
        name = self.input(f"in{len(self.inputs)}", self.declared(shape), dtype)
        arrays = {FLOAT: lambda: self.random.standard_normal(shape).astype(np.float32),
                  INT64: lambda: self.random.integers(-5, below, shape),
                  BOOL: lambda: self.random.integers(0, 2, shape).astype(bool)}
        return self.feed(name, np.asarray(arrays[dtype]()), dtype)

    def feed(self, name, array, dtype):
        self.feeds[name] = array
        self.fixed.add(name)
        return self.keep(name, array.shape, dtype)

    def tensor(self, array):
        """A weight or, as TorchScript has it, a Constant node."""
        array = np.array(array, order="C")
        if self.chance(0.2):
            name = self.const(array, array.dtype)
        else:
            name = f"w{len(self.weights)}"
            self.weights.append(numpy_helper.from_array(array, name))
        self.fixed.add(name)
        return name

    def weight(self, shape, deviation=1.0):
        return self.normal(tuple(shape), deviation)

    def scalar(self, value):
        return self.tensor(np.float32(value))

    def ints(self, values):
        return self.tensor(np.array(values, np.int64))

    def positive(self, name, least=0.3):
        return self.op("Add", self.op("Abs", name), self.scalar(least))

    def axes_op(self, since, kind, name, axes, **attributes):
        """An operator whose axes are an input from opset `since` on and an attribute before."""
        if self.opset >= since:
            return self.op(kind, name, self.ints(axes), **attributes)
        return self.op(kind, name, axes=list(axes), **attributes)

    def batch_normalized(self, name, channels):
        variance = self.tensor((self.random.random(channels) + 0.5).astype(np.float32))
        parameters = [self.weight((channels,)) for _ in range(3)]
        return self.op("BatchNormalization", name, *parameters, variance, epsilon=1e-3)

    def keep(self, name, shape, dtype=FLOAT, fixed=False):
        """Offers a value as an operand. `fixed`: its sizes of one do not depend on the run."""
        self.values.append(Value(name, dtype, tuple(int(size) for size in shape)))
        if fixed:
            self.fixed.add(name)
        return self.values[-1]

    def keep_tame(self, name, shape, fixed=False):
        """The same for values that may be large: through a Tanh, so that errors do not grow from op to op."""
        return self.keep(self.op("Tanh", name), shape, fixed=fixed)

    def end(self, name, shape, dtype=FLOAT):
        """An output that no operator reads: infinities and NaNs, whose treatment by the next operator is undefined."""
        self.ends.append(Value(name, dtype, tuple(shape)))

    def pick(self, least=0, most=9, dtype=FLOAT, where=lambda value: True):
        """A value of that rank, a recent one more often than not; None when there is none."""
        fits = [v for v in self.values if v.dtype == dtype and least <= len(v.shape) <= most and where(v)]
        return self.dice.choice(fits[-3:] if self.chance(0.6) else fits) if fits else None

    def pick_input(self, least=0):
        """An input: the operand of operators with jumps, where a rounding error before would become a difference."""
        return self.pick(least, where=lambda value: value.name in self.feeds)

    def joint(self, *values):
        """The shape these broadcast to, or None when they do not, when it is too large, or when a size that is one in
        this run only would have to broadcast."""
        try:
            shape = np.broadcast_shapes(*(value.shape for value in values))
        except ValueError:
            return None
        for value in values:
            grows = any(size == 1 < joint for size, joint in zip(value.shape[::-1], shape[::-1]))
            if grows and self.symbolic and value.name not in self.fixed:
                return None
        return shape if len(shape) <= MOST_AXES and math.prod(shape) <= LARGEST else None

    def narrowed(self, shape):
        """A shape that broadcasts to the given one (or nearly: one axis more): a scalar, ones anywhere, fewer axes."""
        kind = self.dice.randrange(4)
        if kind == 0:
            return ()
        if kind == 1:
            return tuple(shape[self.dice.randint(0, len(shape)):])
        front = (1,) if kind == 2 and self.chance(0.3) else ()
        return front + tuple(1 if self.chance(0.4) else size for size in shape)

    def partner(self, value):
        """Another value that broadcasts with this one, or a weight made for it."""
        found = self.pick(where=lambda other: self.joint(value, other)) if self.chance(0.5) else None
        if found:
            return found
        shape = self.narrowed(value.shape)
        return Value(self.weight(shape), FLOAT, shape)

    def finish(self):
        """The model: its outputs are the last unread values, the ends, and perhaps one that is read as well."""
        read = {name for node in self.nodes for name in node.input}
        made = [value for value in self.values if value.name not in self.feeds]
        outputs = [value for value in made if value.name not in read][-6:] + self.ends
        between = [value for value in made if value.name in read]
        if between and self.chance(0.4):
            outputs.append(self.dice.choice(between))
        for value in dict.fromkeys(outputs):
            shape = [None] * len(value.shape) if self.symbolic else value.shape
            self.outputs.append(helper.make_tensor_value_info(value.name, value.dtype, shape))
        return self.model()
