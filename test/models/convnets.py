# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Seeded convolution nets in the shape exporters give them: ResNet-50 v1.5, MobileNetV2, a small U-Net."""
import numpy as np

from graph import Graph


def conv(g, value, c_in, c_out, kernel, stride=1, group=1, bias=False):
    fan_in = c_in // group * kernel * kernel
    weight = g.normal((c_out, c_in // group, kernel, kernel), (2.0 / fan_in) ** 0.5)
    operands = [value, weight] + ([g.normal((c_out,), 0.02)] if bias else [])
    return g.op("Conv", *operands, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2] * 4,
                dilations=[1, 1], group=group)


def norm(g, value, channels, gain=1.0):
    scale, shift = g.normal((channels,), 0.05 * gain, gain), g.normal((channels,), 0.05)
    mean = g.normal((channels,), 0.05)
    variance = g.tensor(g.random.uniform(0.8, 1.2, channels).astype(np.float32))
    return g.op("BatchNormalization", value, scale, shift, mean, variance, epsilon=1e-5, momentum=0.9)


def classifier(g, value, channels, classes):
    pooled = g.op("Flatten", g.op("GlobalAveragePool", value), axis=1)
    weight = g.normal((classes, channels), channels ** -0.5)
    return g.op("Gemm", pooled, weight, g.normal((classes,), 0.02), alpha=1.0, beta=1.0, transB=1)


def bottleneck(g, value, c_in, width, stride):
    c_out = 4 * width
    x = g.op("Relu", norm(g, conv(g, value, c_in, width, 1), width))
    x = g.op("Relu", norm(g, conv(g, x, width, width, 3, stride), width))
    x = norm(g, conv(g, x, width, c_out, 1), c_out, 0.4)
    if stride != 1 or c_in != c_out:
        value = norm(g, conv(g, value, c_in, c_out, 1, stride), c_out, 0.8)
    return g.op("Relu", g.op("Add", x, value))


def resnet50(small=False):
    g = Graph("resnet50", 17, seed=50)
    base, depths, side, classes = (16, (1, 1, 2, 1), 64, 10) if small else (64, (3, 4, 6, 3), 224, 1000)
    x = g.input("input", ["batch", 3, side, side])
    x = g.op("Relu", norm(g, conv(g, x, 3, base, 7, 2), base))
    x = g.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4, dilations=[1, 1], ceil_mode=0)
    channels = base
    for stage, depth in enumerate(depths):
        for block in range(depth):
            g.scope = f"/layer{stage + 1}/layer{stage + 1}.{block}"
            width = base << stage
            x = bottleneck(g, x, channels, width, 2 if block == 0 and stage > 0 else 1)
            channels = 4 * width
    g.scope = ""
    g.output(classifier(g, x, channels, classes), "output", ["batch", classes])
    return g.model()


def relu6(g, value):
    return g.op("Clip", value, g.const(0, np.float32), g.const(6, np.float32))


def inverted_residual(g, value, c_in, c_out, stride, expand):
    hidden = c_in * expand
    x = relu6(g, norm(g, conv(g, value, c_in, hidden, 1), hidden)) if expand != 1 else value
    x = relu6(g, norm(g, conv(g, x, hidden, hidden, 3, stride, group=hidden), hidden))
    x = norm(g, conv(g, x, hidden, c_out, 1), c_out, 0.7)
    return g.op("Add", value, x) if stride == 1 and c_in == c_out else x


def mobilenet_v2(small=False):
    g = Graph("mobilenet_v2", 13, seed=2)
    rows = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    side, last, classes = (64, 128, 10) if small else (224, 1280, 1000)
    if small:
        rows = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 2, 2)]
    x = g.input("input", ["batch", 3, side, side])
    x = relu6(g, norm(g, conv(g, x, 3, 32, 3, 2), 32))
    channels = 32
    for expand, c_out, repeats, first_stride in rows:
        for i in range(repeats):
            g.scope = f"/features/features.{g.count}"
            x = inverted_residual(g, x, channels, c_out, first_stride if i == 0 else 1, expand)
            channels = c_out
    g.scope = ""
    x = relu6(g, norm(g, conv(g, x, channels, last, 1), last))
    g.output(classifier(g, x, last, classes), "output", ["batch", classes])
    return g.model()


def double_conv(g, value, c_in, c_out):
    x = g.op("Relu", norm(g, conv(g, value, c_in, c_out, 3), c_out))
    return g.op("Relu", norm(g, conv(g, x, c_out, c_out, 3), c_out))


def upsample(g, value, c_in, c_out, learned):
    if learned:
        weight = g.normal((c_in, c_out, 2, 2), (1.0 / c_in) ** 0.5)
        return g.op("ConvTranspose", value, weight, g.normal((c_out,), 0.02), kernel_shape=[2, 2], strides=[2, 2],
                    pads=[0] * 4, dilations=[1, 1], group=1)
    scales = g.const([1, 1, 2, 2], np.float32)
    x = g.op("Resize", value, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")
    return conv(g, x, c_in, c_out, 1, bias=True)


def unet(small=False):
    g = Graph("unet", 18, seed=3)
    base, levels, side = (8, 2, 32) if small else (32, 4, 128)
    x = double_conv(g, g.input("input", ["batch", 3, side, side]), 3, base)
    skips, channels = [], base
    for level in range(levels):
        skips.append((x, channels))
        g.scope = f"/down{level}"
        x = g.op("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
        x = double_conv(g, x, channels, 2 * channels)
        channels *= 2
    for level, (skip, c_skip) in reversed(list(enumerate(skips))):
        g.scope = f"/up{level}"
        x = upsample(g, x, channels, c_skip, learned=level % 2 == 1)
        x = double_conv(g, g.op("Concat", skip, x, axis=1), 2 * c_skip, c_skip)
        channels = c_skip
    g.scope = ""
    g.output(g.op("Sigmoid", conv(g, x, channels, 2, 1, bias=True)), "mask", ["batch", 2, side, side])
    return g.model()
