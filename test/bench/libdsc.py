# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The part of dsc.h that a measurement needs, through ctypes: open a plan, run it on numpy arrays.

It is also a proof of the C ABI from outside: nothing here is generated from the header.
"""
import ctypes as c

import numpy as np

MAX_RANK = 8
DTYPES = {1: np.float32, 2: np.float16, 4: np.int64, 5: np.int32, 6: np.int8, 7: np.uint8, 8: np.bool_, 11: np.float64,
          12: np.int16, 13: np.uint16, 14: np.uint32, 15: np.uint64}
CODES = {np.dtype(v): k for k, v in DTYPES.items()}
NO_CUDA, CPU = 1, 1
V3, V4, V4_VNNI = 1, 2, 3  # DSC_CPU_X86_V3, DSC_CPU_X86_V4, DSC_CPU_X86_V4_VNNI_BF16


class Error(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("code", c.c_int32), ("where", c.c_uint64), ("message", c.c_char * 240)]


class Tensor(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("dtype", c.c_int32), ("device_kind", c.c_int32),
                ("device_index", c.c_int32), ("rank", c.c_int32), ("reserved", c.c_int32),
                ("shape", c.c_int64 * MAX_RANK), ("strides", c.c_int64 * MAX_RANK), ("data", c.c_void_p),
                ("data_bytes", c.c_uint64)]


class RuntimeOptions(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("num_threads", c.c_uint32), ("flags", c.c_uint32),
                ("max_cpu_level", c.c_int32), ("allocator", c.c_void_p), ("threads", c.c_void_p),
                ("hook_self", c.c_void_p), ("log", c.c_void_p), ("trace", c.c_void_p), ("observe", c.c_void_p)]


class TensorInfo(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("dtype", c.c_int32), ("rank", c.c_int32), ("batch_dim", c.c_int32),
                ("min_shape", c.c_int64 * MAX_RANK), ("max_shape", c.c_int64 * MAX_RANK),
                ("symbol", c.c_char_p * MAX_RANK), ("name", c.c_char_p), ("align", c.c_uint64)]


class SymbolInfo(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("flags", c.c_uint32), ("min", c.c_int64), ("max", c.c_int64),
                ("multiple_of", c.c_int64), ("name", c.c_char_p)]


class ContextOptions(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("function", c.c_uint32), ("variant", c.c_uint32),
                ("device_index", c.c_uint32), ("max_dims", c.POINTER(c.c_int64)), ("num_max_dims", c.c_uint32),
                ("reserved", c.c_uint32)]


class VariantInfo(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("num_buckets", c.c_uint32), ("num_units", c.c_uint32),
                ("quality", c.c_float), ("name", c.c_char_p), ("arena_bytes", c.c_uint64),
                ("shared_weight_bytes", c.c_uint64), ("own_weight_bytes", c.c_uint64), ("num_stages", c.c_uint32),
                ("reserved", c.c_uint32)]


class Stage(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("device_kind", c.c_int32), ("device_index", c.c_int32),
                ("reserved", c.c_int32), ("mem_bytes", c.c_uint64), ("first_unit", c.c_uint32),
                ("num_units", c.c_uint32), ("compute_us", c.c_double), ("transfer_us", c.c_double),
                ("weight_bytes", c.c_uint64), ("arena_bytes", c.c_uint64), ("receive_bytes", c.c_uint64)]


class PipelineOptions(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("function", c.c_uint32), ("variant", c.c_uint32),
                ("num_stages", c.c_uint32), ("stages", c.POINTER(Stage)), ("max_dims", c.POINTER(c.c_int64)),
                ("num_max_dims", c.c_uint32), ("depth", c.c_uint32), ("num_threads", c.c_uint32),
                ("reserved", c.c_uint32)]


def sized(kind, **fields):
    return kind(struct_size=c.sizeof(kind), **fields)


class Plan:
    """One plan with one context, sized by the first inputs."""

    def __init__(self, library, path, threads=1, level=0):
        self.lib = c.CDLL(str(library))
        for name in ("dsc_runtime_release", "dsc_plan_release", "dsc_context_release", "dsc_pipeline_release"):
            getattr(self.lib, name).restype = None
        self.error = sized(Error)
        self.runtime, self.plan, self.context = c.c_void_p(), c.c_void_p(), c.c_void_p()
        options = sized(RuntimeOptions, num_threads=threads, flags=NO_CUDA, max_cpu_level=level)
        self.check(self.lib.dsc_runtime_create(c.byref(options), c.byref(self.runtime), c.byref(self.error)))
        self.check(self.lib.dsc_plan_open_file(self.runtime, str(path).encode(), None, c.byref(self.plan),
                                               c.byref(self.error)))
        self.inputs = self.infos(self.lib.dsc_plan_input, self.lib.dsc_plan_input_count(self.plan, 0))
        self.outputs = self.infos(self.lib.dsc_plan_output, self.lib.dsc_plan_output_count(self.plan, 0))

    def check(self, status):
        if status:
            raise RuntimeError(f"dsc status {status}: {self.error.message.decode()}")

    def infos(self, query, count):
        found = []
        for i in range(count):
            info = sized(TensorInfo)
            self.check(query(self.plan, 0, i, c.byref(info), c.byref(self.error)))
            found.append(info)
        return found

    def max_dims(self, arrays):
        """The sizes these inputs give each symbol; 0 where they say nothing."""
        sizes = {info.symbol[d]: size for info in self.inputs
                 for d, size in enumerate(arrays[info.name.decode()].shape) if info.symbol[d]}
        dims = []
        for i in range(self.lib.dsc_plan_symbol_count(self.plan, 0)):
            symbol = sized(SymbolInfo)
            self.check(self.lib.dsc_plan_symbol(self.plan, 0, i, c.byref(symbol), c.byref(self.error)))
            dims.append(sizes.get(symbol.name, 0))
        return (c.c_int64 * len(dims))(*dims)

    def prepare(self, arrays):
        """Makes the context and binds the inputs; outputs live in the context."""
        dims = self.max_dims(arrays)
        options = sized(ContextOptions, max_dims=c.cast(dims, c.POINTER(c.c_int64)), num_max_dims=len(dims))
        self.check(self.lib.dsc_context_create(self.plan, c.byref(options), c.byref(self.context), c.byref(self.error)))
        self.bind(arrays)

    def bind(self, arrays):
        """Takes other inputs, no larger than those of prepare."""
        self.arrays, self.bound = self.tensors(arrays[info.name.decode()] for info in self.inputs)
        self.results = (Tensor * len(self.outputs))()

    @staticmethod
    def tensors(arrays):
        """(arrays without gaps, tensors over them)."""
        arrays = [np.ascontiguousarray(array) for array in arrays]
        bound = (Tensor * len(arrays))()
        for tensor, array in zip(bound, arrays):
            tensor.struct_size, tensor.dtype, tensor.device_kind = c.sizeof(Tensor), CODES[array.dtype], CPU
            tensor.rank, tensor.data, tensor.data_bytes = array.ndim, array.ctypes.data, array.nbytes
            tensor.shape[: array.ndim] = array.shape
        return arrays, bound

    def run(self):
        """One run on the prepared inputs."""
        for tensor, info in zip(self.results, self.outputs):
            tensor.struct_size, tensor.dtype, tensor.device_kind = c.sizeof(Tensor), info.dtype, CPU
            tensor.rank, tensor.data, tensor.data_bytes = info.rank, None, 0
        self.check(self.lib.dsc_context_run(self.context, self.bound, len(self.bound), self.results, len(self.results),
                                            c.c_uint64(0), c.byref(self.error)))

    def values(self):
        """Copies of the outputs of the last run."""
        found = {}
        for tensor, info in zip(self.results, self.outputs):
            shape, kind = tuple(tensor.shape[: tensor.rank]), np.dtype(DTYPES[tensor.dtype])
            size = int(np.prod(shape)) * kind.itemsize
            found[info.name.decode()] = np.frombuffer(c.string_at(tensor.data, size), kind).reshape(shape).copy()
        return found

    def variant(self):
        info = sized(VariantInfo)
        self.check(self.lib.dsc_plan_variant(self.plan, 0, 0, c.byref(info), c.byref(self.error)))
        return info

    def partition(self, count):
        """At most `count` stages, as the runtime cuts the plan."""
        stages = (Stage * count)(*[sized(Stage) for _ in range(count)])
        self.check(self.lib.dsc_plan_partition(self.plan, 0, 0, stages, count, None, c.byref(self.error)))
        return stages

    def close(self):
        self.lib.dsc_context_release(self.context)
        self.lib.dsc_plan_release(self.plan)
        self.lib.dsc_runtime_release(self.runtime)


class Pipeline:
    """Stages of a plan; `most` are the largest inputs that will come. Without stages it runs as the plan was compiled."""

    LIMIT = 12  # DSC_E_LIMIT

    def __init__(self, plan, most, stages=(), depth=0, threads=0):
        self.plan, self.lib, self.pipeline = plan, plan.lib, c.c_void_p()
        dims, self.stages = plan.max_dims(most), (Stage * len(stages))(*stages)
        options = sized(PipelineOptions, num_stages=len(stages), stages=self.stages if stages else None,
                        max_dims=c.cast(dims, c.POINTER(c.c_int64)), num_max_dims=len(dims), depth=depth,
                        num_threads=threads)
        plan.check(self.lib.dsc_pipeline_create(plan.plan, c.byref(options), c.byref(self.pipeline),
                                                c.byref(plan.error)))

    def submit(self, arrays, outputs):
        """The item, to wait for; None where all slots are taken. `outputs`: arrays to write, by name."""
        inputs = self.plan.tensors(arrays[info.name.decode()] for info in self.plan.inputs)
        results = self.plan.tensors(outputs[info.name.decode()] for info in self.plan.outputs)
        ticket = c.c_uint64()
        status = self.lib.dsc_pipeline_submit(self.pipeline, inputs[1], len(inputs[1]), results[1], len(results[1]),
                                              c.byref(ticket), c.byref(self.plan.error))
        if status == self.LIMIT:
            return None
        self.plan.check(status)
        return ticket, inputs, results

    def wait(self, item):
        """The outputs of an item by name."""
        ticket, _, (arrays, tensors) = item
        self.plan.check(self.lib.dsc_pipeline_wait(self.pipeline, ticket, c.c_uint64(0), c.byref(self.plan.error)))
        shapes = [tuple(tensor.shape[: tensor.rank]) for tensor in tensors]
        return {info.name.decode(): array.reshape(shape)
                for info, array, shape in zip(self.plan.outputs, arrays, shapes)}

    def close(self):
        self.lib.dsc_pipeline_release(self.pipeline)
