// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Passes of the quantize phase that decide, by layer, what is stored and computed in; in pipeline order.

#ifndef DSC_PASSES_QUANTIZE_LAYERPASSES_TD
#define DSC_PASSES_QUANTIZE_LAYERPASSES_TD

include "mlir/Pass/PassBase.td"

def AnnotateLayerKindPass : Pass<"dsc-annotate-layer-kind", "::mlir::ModuleOp"> {
  let summary = "say what every layer is for, and why";
  let description = [{
    Marks products, convolutions, attention, norms and gathers of rows of a weight with
    `dsc.layer = {kind, reason}`: attention, feed_forward, embedding, conv, norm, head or other.
    Evidence in this order: `layer-kinds` (`regex=kind`, on the name of the node or the weight); the
    op; words in names (`attn`, `mlp`, `lm_head`, ...; the last one in a name counts); structure.

    Before:
    ```mlir
    %y = dsc.matmul %x, %w : ... loc("/layer.0/mlp/fc1/MatMul")
    ```
    After:
    ```mlir
    %y = dsc.matmul %x, %w {dsc.layer = {kind = "feed_forward", reason = "the name ... holds 'mlp'"}} : ...
    ```
  }];
  let options = [ListOption<"layerKinds", "layer-kinds", "std::string", "regex=kind, the first that matches">];
  let statistics = [Statistic<"numLayers", "num-layers", "Number of layers">];
}

def ChooseFormatsPass : Pass<"dsc-choose-formats", "::mlir::ModuleOp"> {
  let summary = "choose what layers store and compute in";
  let description = [{
    Marks every layer that has a weight of two dimensions or more with `dsc.format = {storage,
    activation}`, from the first of `rules` whose kind and name match. A rule is
    `KIND/STORAGE/ACTIVATION/REGEX`: a kind or `any`; `i8` or `f32`; `none`, `static` or
    `dynamic_token`; a pattern that is sought in the name of the node and of the weight. No rule, or
    a name that one of `keep` matches: as the model has it.

    Before:
    ```mlir
    %y = dsc.matmul %x, %w {dsc.layer = {kind = "head", reason = "..."}} : ...
    ```
    After `rules=any/i8/none/`:
    ```mlir
    %y = dsc.matmul %x, %w {dsc.format = {activation = "none", storage = "i8"}, dsc.layer = ...} : ...
    ```
  }];
  let options = [ListOption<"rules", "rules", "std::string", "KIND/STORAGE/ACTIVATION/REGEX, the first that matches">,
                 ListOption<"keep", "keep", "std::string", "Names of layers that stay as they are">];
  let statistics = [Statistic<"numQuantized", "num-quantized", "Number of layers with weights in int8">];
}

def InsertObserversPass : Pass<"dsc-insert-observers", "::mlir::ModuleOp"> {
  let summary = "make results of what calibration has to see";
  let description = [{
    Appends the activations of layers whose `dsc.format` is static to the results of the function,
    each once, named `dsc.observed.N`. For a copy of the module that is run and thrown away.

    Before:
    ```mlir
    %y = dsc.conv %r, %w {dsc.format = {activation = "static", storage = "i8"}, ...} : ...
    return %y : tensor<1x4x8xf32>
    ```
    After:
    ```mlir
    return %y, %r : tensor<1x4x8xf32>, tensor<1x3x8xf32>
    ```
  }];
  let statistics = [Statistic<"numObserved", "num-observed", "Number of values shown">];
}

def InsertNoiseObserversPass : Pass<"dsc-insert-noise-observers", "::mlir::ModuleOp"> {
  let summary = "show the noise of every layer that will be quantized";
  let description = [{
    Copies every layer with an int8 format; the copy keeps the format, the layer loses it. The results
    of the function become the sums of squares of the layer's result and of what the copy gives more,
    two for each layer, and nothing else. Without quantization in between the second one is zero. For
    a copy of the module that is quantized, run and thrown away.

    Before:
    ```mlir
    %y = dsc.matmul %x, %w {dsc.format = {activation = "none", storage = "i8"}} : ...
    ```
    After:
    ```mlir
    %y = dsc.matmul %x, %w : ...
    %c = dsc.matmul %x, %w {dsc.format = {activation = "none", storage = "i8"}} : ...
    %d = dsc.sub %c, %y : ...
    return %sum_of_y_squared, %sum_of_d_squared : tensor<f32>, tensor<f32>
    ```
  }];
  let statistics = [Statistic<"numLayers", "num-layers", "Number of layers copied">];
  let dependentDialects = ["::dsc::DscDialect"];
}

def QuantizeWeightsPass : Pass<"dsc-quantize-weights", "::mlir::ModuleOp"> {
  let summary = "store weights in int8 with a scale per channel";
  let description = [{
    A layer whose `dsc.format` has `storage = "i8"` reads its weight through a `dsc.dequantize` of
    int8 steps in [-127, 127]: the largest magnitude of an output channel (of a row of a table) is
    127 steps. A gather takes rows and their scales, and only these become real numbers. Layers that
    share a weight share its int8 form. Weights with NaN or infinity stay. `dsc.stored = {weight,
    shape, before, after, sqnr}` says what became of the weight, in bytes and decibels.

    Before:
    ```mlir
    %w = dsc.weight @w : tensor<8x2xf32>
    %y = dsc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
    ```
    After:
    ```mlir
    %q = dsc.weight @w.i8 : tensor<8x2xi8>
    %s = dsc.weight @w.scale : tensor<1x2xf32>
    %z = dsc.constant dense<0> : tensor<i8>
    %d = dsc.dequantize %q, %s, %z : (tensor<8x2xi8>, tensor<1x2xf32>, tensor<i8>) -> tensor<8x2xf32>
    %y = dsc.matmul %x, %d : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
    ```
  }];
  let statistics = [Statistic<"numWeights", "num-weights", "Number of layers that read int8 weights">];
  let dependentDialects = ["::dsc::DscDialect"];
}

def QuantizeActivationsPass : Pass<"dsc-quantize-activations", "::mlir::ModuleOp"> {
  let summary = "round activations of int8 layers to 8 bits";
  let description = [{
    A layer with an int8 weight whose `dsc.format` has `activation = "static"` reads its activation
    through a `dsc.quantize` and a `dsc.dequantize` with the scale and zero point of `dsc.range`, and
    one with `activation = "dynamic_token"` through a `dsc.dyn_quantize`: a scale per token of a
    product, per image of a convolution. Layers that read the same value share it.

    Before:
    ```mlir
    %y = dsc.matmul %x, %w {dsc.format = {activation = "dynamic_token", storage = "i8"}, ...} : ...
    ```
    After:
    ```mlir
    %q, %s, %z = dsc.dyn_quantize %x {axis = 1 : i64, storage = ui8} : ...
    %d = dsc.dequantize %q, %s, %z : (tensor<4x8xui8>, tensor<4x1xf32>, tensor<4x1xui8>) -> tensor<4x8xf32>
    %y = dsc.matmul %d, %w {...} : ...
    ```
  }];
  let statistics = [Statistic<"numActivations", "num-activations", "Number of activations rounded">];
  let dependentDialects = ["::dsc::DscDialect"];
}

def EraseLayerMarksPass : Pass<"dsc-erase-layer-marks", "::mlir::ModuleOp"> {
  let summary = "remove the marks of the quantize phase";
  let description = [{
    Removes the attributes `dsc.layer`, `dsc.format`, `dsc.range`, `dsc.noise` and `dsc.stored`, by which the
    passes of the quantize phase talk to each other: equal layers are equal again.

    Before:
    ```mlir
    %y = dsc.matmul %x, %w {dsc.layer = {kind = "head", reason = "..."}} : ...
    ```
    After:
    ```mlir
    %y = dsc.matmul %x, %w : ...
    ```
  }];
}

#endif // DSC_PASSES_QUANTIZE_LAYERPASSES_TD
