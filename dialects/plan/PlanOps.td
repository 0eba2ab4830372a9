// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operations of the plan dialect: one per table of the schema, one attribute per field.

#ifndef DSC_PLAN_OPS
#define DSC_PLAN_OPS

include "dialects/plan/PlanBase.td"

def Plan_PlanOp : Plan_Table<"plan"> {
  let summary = "A whole plan";
  let description = [{
    Example:
    ```mlir
    plan.plan min_runtime [1, 0, 0] producer "dsc" devices {
      plan.device_slot cpu
    } segments {} kernels {} functions {} metadata {} locations ["node"]
    ```
    Constraints:
    * (c1) `min_runtime` has three parts of 0 to 65535.
    * (c2) every kernel code and weights buffer names a segment of the right kind.
  }];
  let arguments = (ins DenseI64ArrayAttr:$min_runtime, StrAttr:$producer, Plan_Default<"0">:$requirements,
                       DefaultValuedAttr<StrArrayAttr, "{}">:$locations);
  let regions = (region Plan_Rows:$devices, Plan_Rows:$segments, Plan_Rows:$kernels, Plan_Rows:$functions,
                        Plan_Rows:$metadata);
  let assemblyFormat = [{
    `min_runtime` $min_runtime `producer` $producer (`requirements` $requirements^)? `devices` $devices
    `segments` $segments `kernels` $kernels `functions` $functions `metadata` $metadata
    (`locations` $locations^)? attr-dict
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Plan_KeyValueOp : Plan_Op<"key_value", [HasParent<"PlanOp">]> {
  let summary = "A pair of free text";
  let arguments = (ins StrAttr:$key, StrAttr:$value);
  let assemblyFormat = "$key $value attr-dict";
}

def Plan_DeviceSlotOp : Plan_Op<"device_slot", [HasParent<"PlanOp">]> {
  let summary = "A device the plan runs on";
  let arguments = (ins Plan_DeviceKindAttr:$kind, Plan_Default<"0">:$mem_bytes);
  let assemblyFormat = "$kind (`mem_bytes` $mem_bytes^)? attr-dict";
}

def Plan_SegmentOp : Plan_Table<"segment", [HasParent<"PlanOp">]> {
  let summary = "A byte range of the file";
  let description = [{
    `contents` holds `plan.blob`s by ascending offset; bytes between them are zero. The file's `offset`, `digest` and
    `crc32c` follow from the contents and are computed by the writer.

    Constraints:
    * (c1) `align` is a power of two.
    * (c2) blobs lie inside the segment, ascending, without overlap.
  }];
  let arguments = (ins Plan_SegmentKindAttr:$kind, Plan_Default<"0">:$size, Plan_Default<"4096">:$align,
                       DefaultValuedAttr<Plan_CpuIsaAttr, "::dsc::plan::CpuIsa::None">:$isa,
                       Plan_Default<"0">:$sm, Plan_Flag:$sm_a);
  let regions = (region Plan_Rows:$contents);
  let assemblyFormat = [{
    $kind (`size` $size^)? (`align` $align^)? (`isa` $isa^)? (`sm` $sm^)? (`sm_a` $sm_a^)? `contents` $contents
    attr-dict
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Plan_BlobOp : Plan_Op<"blob", [HasParent<"SegmentOp">]> {
  let summary = "Bytes of a segment";
  let description = [{
    `size` bytes at `offset` of the segment: the raw data of `value`, or, with `packing`, what packing it gives. A
    splat value is repeated.
  }];
  let arguments = (ins Plan_Int:$offset, Plan_Int:$size, ElementsAttr:$value, OptionalAttr<AnyAttr>:$packing);
  let assemblyFormat = "`offset` $offset `size` $size `value` $value (`packing` $packing^)? attr-dict";
}

def Plan_KernelOp : Plan_Table<"kernel", [HasParent<"PlanOp">]> {
  let summary = "One compiled group";
  let description = [{
    Constraints:
    * (c1) each `access` is 1 (read), 2 (write) or 3 (both).
  }];
  let arguments = (ins StrAttr:$name, Plan_Default<"1">:$abi, DenseI64ArrayAttr:$access, Plan_Default<"0">:$num_dims,
                       Plan_Default<"0">:$num_maps, Plan_Default<"0">:$scratch, OptionalAttr<StrAttr>:$function);
  let regions = (region Plan_Rows:$codes);
  let assemblyFormat = [{
    $name (`function` $function^)? (`abi` $abi^)? `access` $access (`num_dims` $num_dims^)? (`num_maps` $num_maps^)?
    (`scratch` $scratch^)? `codes` $codes attr-dict
  }];
  let hasVerifier = 1;
}

def Plan_KernelCodeOp : Plan_Op<"kernel_code", [HasParent<"KernelOp">]> {
  let summary = "A kernel's code for one target";
  let arguments = (ins Plan_Int:$segment, Plan_Default<"0">:$entry, OptionalAttr<StrAttr>:$symbol, Plan_Slots:$block,
                       Plan_Slots:$cluster, Plan_Default<"0">:$shared_mem);
  let assemblyFormat = [{
    `segment` $segment (`entry` $entry^)? (`symbol` $symbol^)? (`block` $block^)? (`cluster` $cluster^)?
    (`shared_mem` $shared_mem^)? attr-dict
  }];
}

def Plan_FunctionOp : Plan_Table<"function", [HasParent<"PlanOp">]> {
  let summary = "One entry point of the model and its shape program";
  let description = [{
    Slots are numbered symbols, then `constants`, then `ops`.

    Constraints:
    * (c1) a shape op reads slots below its own.
    * (c2) shapes name existing slots.
  }];
  let arguments = (ins StrAttr:$name, DenseI64ArrayAttr:$constants, Plan_Flag:$rows_independent);
  let regions = (region Plan_Rows:$inputs, Plan_Rows:$outputs, Plan_Rows:$symbols, Plan_Rows:$ops,
                        Plan_Rows:$variants);
  let assemblyFormat = [{
    $name (`rows_independent` $rows_independent^)? `inputs` $inputs `outputs` $outputs `symbols` $symbols
    `constants` $constants `ops` $ops `variants` $variants attr-dict
  }];
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// Symbols, constants and shape ops together.
    int64_t getSlotCount();
  }];
}

def Plan_TensorDescOp : Plan_Op<"tensor_desc", [HasParent<"FunctionOp">]> {
  let summary = "An input or output";
  let arguments = (ins StrAttr:$name, Plan_DTypeAttr:$dtype, DenseI64ArrayAttr:$shape, Plan_Index:$batch_dim,
                       Plan_Default<"1">:$align);
  let assemblyFormat = [{
    $name `dtype` $dtype `shape` $shape (`batch_dim` $batch_dim^)? (`align` $align^)? attr-dict
  }];
}

def Plan_SymbolOp : Plan_Op<"symbol", [HasParent<"FunctionOp">]> {
  let summary = "A size known at run time";
  let description = [{
    Constraints:
    * (c1) `min` is at most `max`, neither is negative.
  }];
  let arguments = (ins StrAttr:$name, Plan_SymbolKindAttr:$kind, Plan_Int:$min, Plan_Int:$max,
                       Plan_Default<"1">:$multiple_of);
  let assemblyFormat = "$name $kind `min` $min `max` $max (`multiple_of` $multiple_of^)? attr-dict";
  let hasVerifier = 1;
}

def Plan_ShapeOpOp : Plan_Op<"shape_op", [HasParent<"FunctionOp">]> {
  let summary = "One step of the shape program";
  let arguments = (ins Plan_ShapeOpKindAttr:$op, Plan_Int:$a, Plan_Int:$b);
  let assemblyFormat = "$op $a `,` $b attr-dict";
}

def Plan_VariantOp : Plan_Table<"variant", [HasParent<"FunctionOp">]> {
  let summary = "The function at one precision";
  let arguments = (ins StrAttr:$name, DefaultValuedAttr<F32Attr, "-1.0f">:$quality, OptionalAttr<StrAttr>:$metric);
  let regions = (region Plan_Rows:$entries);
  let assemblyFormat = "$name (`quality` $quality^)? (`metric` $metric^)? `entries` $entries attr-dict";
}

def Plan_EntryOp : Plan_Table<"entry", [HasParent<"VariantOp">]> {
  let summary = "The function for one range of sizes";
  let description = [{
    Constraints:
    * (c1) one bound per symbol, one arena per device.
    * (c2) a view names an earlier buffer and lies inside it.
    * (c3) arena buffers lie inside the arena and do not overlap while both are live.
    * (c4) a step names existing buffers, kernels, slots and programs, and as many buffers and dims as its kernel.
    * (c5) deps are earlier steps.
    * (c6) nothing writes an input or a weight.
    * (c7) units cover program 0 exactly.
    * (c8) a unit has a cost per device, names existing buffers in ascending order and has the stage of the unit before or
      the next, from 0.
  }];
  let arguments = (ins DenseI64ArrayAttr:$bounds, DenseI64ArrayAttr:$arenas, Plan_Flag:$open);
  let regions = (region Plan_Rows:$buffers, Plan_Rows:$maps, Plan_Rows:$programs, Plan_Rows:$units, Plan_Rows:$costs);
  let assemblyFormat = [{
    `bounds` $bounds `arenas` $arenas (`open` $open^)? `buffers` $buffers `maps` $maps `programs` $programs
    `units` $units `costs` $costs attr-dict
  }];
  let hasRegionVerifier = 1;
}

def Plan_BufferOp : Plan_Op<"buffer", [HasParent<"EntryOp">]> {
  let summary = "A range of memory that holds one tensor";
  let description = [{
    Example: `plan.buffer arena offset 64 size 512 dtype f32 shape [0, 1] first_use 0 last_use 3`
  }];
  let arguments = (ins Plan_PlaceAttr:$place, Plan_Default<"0">:$device_slot, Plan_Default<"0">:$index,
                       Plan_Default<"0">:$offset, Plan_Default<"0">:$size, Plan_Index:$size_slot, Plan_Index:$parent,
                       Plan_DTypeAttr:$dtype, Plan_Slots:$shape, Plan_Default<"0">:$first_use,
                       Plan_Default<"0">:$last_use, Plan_Index:$offset_slot);
  let assemblyFormat = [{
    $place (`device_slot` $device_slot^)? (`index` $index^)? (`parent` $parent^)? (`offset` $offset^)?
    (`offset_slot` $offset_slot^)? (`size` $size^)? (`size_slot` $size_slot^)? `dtype` $dtype (`shape` $shape^)?
    (`first_use` $first_use^)? (`last_use` $last_use^)? attr-dict
  }];
}

def Plan_TensorMapOp : Plan_Op<"tensor_map", [HasParent<"EntryOp">]> {
  let summary = "A CUtensorMap, encoded when a context is created";
  let arguments = (ins Plan_Int:$buffer, Plan_DTypeAttr:$dtype, DenseI64ArrayAttr:$dims, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$box, DenseI64ArrayAttr:$element_strides, Plan_Default<"0">:$swizzle,
                       Plan_Default<"0">:$l2_promotion, Plan_Default<"0">:$oob_fill, Plan_Default<"0">:$interleave);
  let assemblyFormat = [{
    `buffer` $buffer `dtype` $dtype `dims` $dims `strides` $strides `box` $box `element_strides` $element_strides
    (`swizzle` $swizzle^)? (`l2_promotion` $l2_promotion^)? (`oob_fill` $oob_fill^)? (`interleave` $interleave^)?
    attr-dict
  }];
}

def Plan_ProgramOp : Plan_Table<"program", [HasParent<"EntryOp">]> {
  let summary = "A list of steps; the first program is the main one";
  let regions = (region Plan_Rows:$steps);
  let assemblyFormat = "`steps` $steps attr-dict";
}

def Plan_StepOp : Plan_Op<"step", [HasParent<"ProgramOp">]> {
  let summary = "One thing to do";
  let description = [{
    Example: `plan.step launch kernel 0 buffers [0, 2, 1] dims [0] grid [4] loc 0`
  }];
  let arguments = (ins Plan_StepKindAttr:$kind, Plan_Default<"0">:$device_slot, Plan_Default<"0">:$queue,
                       Plan_Index:$kernel, Plan_Slots:$buffers, Plan_Slots:$dims, Plan_Slots:$grid, Plan_Slots:$maps,
                       Plan_Slots:$deps, Plan_Slots:$programs, Plan_Index:$loc, Plan_Index:$flops, Plan_Index:$bytes,
                       Plan_Default<"1">:$grain);
  let assemblyFormat = [{
    $kind (`device_slot` $device_slot^)? (`queue` $queue^)? (`kernel` $kernel^)? (`buffers` $buffers^)?
    (`dims` $dims^)? (`grid` $grid^)? (`maps` $maps^)? (`deps` $deps^)? (`programs` $programs^)? (`loc` $loc^)?
    (`flops` $flops^)? (`bytes` $bytes^)? (`grain` $grain^)? attr-dict
  }];
}

def Plan_UnitOp : Plan_Op<"unit", [HasParent<"EntryOp">]> {
  let summary = "Consecutive steps that no pipeline cut may separate";
  let description = [{
    A row of the cut table: predicted microseconds per device slot (negative: cannot run there), bytes of weights and of the
    arena up to the last it touches, the root buffers alive behind it, and the stage it has unless a caller cuts elsewhere.

    Example: `plan.unit first_step 2 num_steps 1 cost_us [12.5] weight_bytes 4096 live_after [3, 5] stage 1`
  }];
  let arguments = (ins Plan_Int:$first_step, Plan_Int:$num_steps, DenseF32ArrayAttr:$cost_us, Plan_Flag:$measured,
                       Plan_Default<"0">:$weight_bytes, Plan_Default<"0">:$arena_bytes, Plan_Slots:$live_after,
                       Plan_Default<"0">:$stage);
  let assemblyFormat = [{
    `first_step` $first_step `num_steps` $num_steps `cost_us` $cost_us (`measured` $measured^)?
    (`weight_bytes` $weight_bytes^)? (`arena_bytes` $arena_bytes^)? (`live_after` $live_after^)? (`stage` $stage^)?
    attr-dict
  }];
}

def Plan_CostPointOp : Plan_Op<"cost_point", [HasParent<"EntryOp">]> {
  let summary = "A sample of the predicted time";
  let arguments = (ins DenseI64ArrayAttr:$bounds, F32Attr:$predicted_us);
  let assemblyFormat = "`bounds` $bounds `predicted_us` $predicted_us attr-dict";
}

#endif // DSC_PLAN_OPS
