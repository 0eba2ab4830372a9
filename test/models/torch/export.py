#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the *.onnx files beside it: small seeded PyTorch models through both exporters.

Not run by the tests: the files are checked in. Made with torch==2.15.0 onnx==1.22.0 onnxscript==0.7.2 in an
environment of their own. usage: export.py [FOLDER]
"""
import sys
import warnings
from pathlib import Path

import onnx
import torch
from torch import nn
from torch.nn import functional as F

KEPT = ("namespace", "pkg.torch.onnx.class_hierarchy", "pkg.torch.onnx.name_scopes")


class Attention(nn.Module):
    """Scaled dot product attention with a padding mask."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, mask):
        batch, sequence, width = x.shape
        parts = self.qkv(x).view(batch, sequence, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=mask)
        return self.out(y.transpose(1, 2).reshape(batch, sequence, width))


class Encoder(nn.Module):
    """BERT's structure: embeddings, post-norm layers, GELU, pooled output."""

    def __init__(self, width=64, heads=4, layers=2, vocabulary=100):
        super().__init__()
        self.words, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(64, width)
        self.attention = nn.ModuleList(Attention(width, heads) for _ in range(layers))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2 * layers))
        self.up = nn.ModuleList(nn.Linear(width, 4 * width) for _ in range(layers))
        self.down = nn.ModuleList(nn.Linear(4 * width, width) for _ in range(layers))

    def forward(self, input_ids, attention_mask):
        mask = (attention_mask[:, None, None, :] != 0)
        x = self.words(input_ids) + self.positions(torch.arange(input_ids.shape[1], device=input_ids.device))
        for i, attention in enumerate(self.attention):
            x = self.norms[2 * i](x + attention(x, mask))
            x = self.norms[2 * i + 1](x + self.down[i](F.gelu(self.up[i](x))))
        weights = attention_mask.unsqueeze(-1).to(x.dtype)
        return (x * weights).sum(1) / weights.sum(1).clamp(min=1e-9)


class Decoder(nn.Module):
    """Llama's structure: RMS norm, rotary embedding, grouped-query attention, SwiGLU, causal mask."""

    def __init__(self, width=64, heads=4, kv_heads=2, vocabulary=100):
        super().__init__()
        self.heads, self.kv_heads, self.size = heads, kv_heads, width // heads
        self.words = nn.Embedding(vocabulary, width)
        self.norms = nn.ParameterList(nn.Parameter(1 + 0.1 * torch.randn(width)) for _ in range(3))
        self.q, self.o = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        self.k, self.v = (nn.Linear(width, kv_heads * self.size, bias=False) for _ in range(2))
        self.gate, self.up = (nn.Linear(width, 3 * width, bias=False) for _ in range(2))
        self.down, self.head = nn.Linear(3 * width, width, bias=False), nn.Linear(width, vocabulary, bias=False)

    def norm(self, x, i):
        return self.norms[i] * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))

    def rotate(self, x, angles):
        half = torch.cat((-x[..., self.size // 2:], x[..., : self.size // 2]), -1)
        return x * angles.cos() + half * angles.sin()

    def forward(self, input_ids):
        batch, sequence = input_ids.shape
        steps = torch.arange(sequence, dtype=torch.float32)
        frequencies = 10000.0 ** (-torch.arange(0, self.size, 2, dtype=torch.float32) / self.size)
        angles = torch.outer(steps, frequencies).repeat(1, 2)
        x = self.words(input_ids)
        y = self.norm(x, 0)
        heads = [p(y).view(batch, sequence, -1, self.size).transpose(1, 2) for p in (self.q, self.k, self.v)]
        query, key = self.rotate(heads[0], angles), self.rotate(heads[1], angles)
        key, value = (t.repeat_interleave(self.heads // self.kv_heads, 1) for t in (key, heads[2]))
        y = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.o(y.transpose(1, 2).reshape(batch, sequence, -1))
        y = self.norm(x, 1)
        x = x + self.down(F.silu(self.gate(y)) * self.up(y))
        return self.head(self.norm(x, 2))


class Separable(nn.Module):
    """A convolution net: batch norm, depthwise and grouped convolutions, hard swish, squeeze and excite."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.Hardswish())
        self.depthwise = nn.Sequential(nn.Conv2d(16, 16, 5, 1, 2, groups=16), nn.BatchNorm2d(16), nn.ReLU6())
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(16, 8, 1), nn.ReLU(), nn.Conv2d(8, 16, 1),
                                     nn.Hardsigmoid())
        self.grouped = nn.Sequential(nn.Conv2d(16, 32, 3, 2, 1, groups=4), nn.GroupNorm(4, 32), nn.SiLU())
        self.pool, self.head = nn.MaxPool2d(3, 2, 1), nn.Linear(32, 10)

    def forward(self, image):
        x = self.depthwise(self.stem(image))
        x = self.grouped(x * self.squeeze(x))
        return self.head(self.pool(x).mean((2, 3)))


class Segmenter(nn.Module):
    """Up and down again: dilated and strided convolutions, transposed convolution, bilinear upsampling, a skip."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 12, 3, 2, 1)
        self.wide = nn.Conv2d(12, 12, 3, 1, 2, dilation=2)
        self.up, self.norm = nn.ConvTranspose2d(12, 8, 3, 2, 1, output_padding=1), nn.InstanceNorm2d(8, affine=True)
        self.head = nn.Conv2d(20, 4, 1)

    def forward(self, image):
        x = F.leaky_relu(self.down(image), 0.1)
        y = F.elu(self.norm(self.up(F.pad(self.wide(x), (1, 1, 1, 1))[:, :, 1:-1, 1:-1])))
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return F.log_softmax(self.head(torch.cat((x, y), 1)), 1)


def strip(path):
    """Removes stack traces and documentation, which name files of the machine that exported."""
    model = onnx.load(path)
    model.doc_string = model.graph.doc_string = ""
    holders = [model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output,
               *model.graph.initializer, model]
    for holder in holders:
        kept = [(p.key, p.value) for p in holder.metadata_props if p.key in KEPT]
        del holder.metadata_props[:]
        for key, value in kept:
            holder.metadata_props.add(key=key, value=value)
        if hasattr(holder, "doc_string"):
            holder.doc_string = ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    assert path.stat().st_size < 1 << 20, path


def export(folder, name, model, arguments, names, dynamo, opset, dynamic=None):
    path = folder / f"{name}.onnx"
    shapes = {"dynamic_shapes": dynamic} if dynamo else {"dynamic_axes": dynamic}
    torch.onnx.export(model.eval(), arguments, str(path), input_names=names, output_names=["output"], dynamo=dynamo,
                      opset_version=opset, external_data=False, verbose=False, **shapes)
    strip(path)
    print(path.name, path.stat().st_size)


def main():
    warnings.filterwarnings("ignore")
    torch.manual_seed(7)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    ids = torch.randint(0, 100, (2, 12))
    mask = torch.ones((2, 12), dtype=torch.int64)
    image = torch.randn(2, 3, 32, 32)
    dim = torch.export.Dim
    both = {0: "batch", 1: "sequence"}
    token_shapes = {0: dim("batch", min=1, max=64), 1: dim("sequence", min=1, max=64)}
    encoder, decoder, separable, segmenter = Encoder(), Decoder(), Separable(), Segmenter()
    names = ["input_ids", "attention_mask"]
    export(folder, "encoder-torchscript-dynamic", encoder, (ids, mask), names, False, 17, {n: both for n in names})
    export(folder, "encoder-dynamo-dynamic", encoder, (ids, mask), names, True, 20, (token_shapes, token_shapes))
    export(folder, "decoder-dynamo-dynamic", decoder, (ids,), names[:1], True, 18, (token_shapes,))
    export(folder, "decoder-torchscript", decoder, (ids,), names[:1], False, 14)
    export(folder, "separable-dynamo", separable, (image,), ["image"], True, 20)
    export(folder, "separable-torchscript-dynamic", separable, (image,), ["image"], False, 13, {"image": {0: "batch"}})
    export(folder, "segmenter-torchscript", segmenter, (image,), ["image"], False, 11)
    export(folder, "segmenter-dynamo-dynamic", segmenter, (image,), ["image"], True, 18, ({0: dim("batch", max=64)},))


if __name__ == "__main__":
    main()
