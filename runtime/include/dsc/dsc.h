/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Public C API of the dsc runtime: open a plan, create a context, run. Needs only C11 or C++17. May still change until
 * 1.0 is released; afterwards fields are only appended and functions only added.
 *
 * Rules of the whole header
 *  - A fallible call returns dsc_status (DSC_OK == 0); it never throws and never ends the process. Its last
 *    parameter, dsc_error*, may be NULL; it is caller-owned, so reporting an error allocates nothing.
 *  - Handles are opaque. *_open and *_create give one reference, *_release drops it; NULL is a no-op. A context
 *    keeps its plan alive and a plan its runtime: any order of release is correct.
 *  - Every struct that crosses the boundary starts with struct_size. Zero in any other field means "default".
 *    Fields are only appended; the library reads min(struct_size, its own size) and refuses a longer struct whose
 *    unknown tail is not zero. In an array all elements carry the same struct_size, and it is the stride.
 *  - No struct has implicit padding (compile with -Wpadded -Werror); `reserved` must be zero.
 *  - Enumerators are int32_t constants: never renumbered, never reused.
 *  - dsc_runtime, dsc_plan and dsc_pipeline are thread-safe, the first two immutable. dsc_context: one thread at a time,
 *    except dsc_context_cancel, which any thread may call.
 *  - After dsc_context_create, run, enqueue and set_variant allocate nothing; after dsc_pipeline_create, submit and wait
 *    allocate nothing.
 *  - Hooks are called from every thread that runs something: several at once where contexts or stages do.
 *  - A plan holds native code with the rights of the process: open plans you compiled, like shared libraries.
 *  - Handles do not survive fork(): in the child every call but *_release returns DSC_E_INVALID_ARGUMENT. */
#ifndef DSC_DSC_H_
#define DSC_DSC_H_
#include <stddef.h>
#include <stdint.h>

#define DSC_API_MAJOR 1
#define DSC_API_MINOR 0
#define DSC_API_PATCH 0
#if defined(_WIN32)
#define DSC_API
#else
#define DSC_API __attribute__((visibility("default")))
#endif
#ifdef __cplusplus
extern "C" {
#endif

/* ---- status ------------------------------------------------------------------------------------------------ */
typedef int32_t dsc_status;
enum {
  DSC_OK = 0,
  DSC_E_INVALID_ARGUMENT = 1,   /* caller bug: bad name, dtype, shape, null pointer                            */
  DSC_E_NOT_FOUND = 2,
  DSC_E_OUT_OF_MEMORY = 3,      /* host or device; the context stays usable                                    */
  DSC_E_IO = 4,
  DSC_E_CORRUPT_PLAN = 5,       /* a structure, range or digest check failed                                   */
  DSC_E_VERSION = 6,            /* the plan needs a newer runtime, or is older than the oldest one kept        */
  DSC_E_UNTRUSTED_PLAN = 7,     /* keys are configured and no signature by one of them verifies                */
  DSC_E_UNSUPPORTED_DEVICE = 8, /* no such device, ISA feature missing, SM too old, driver too old             */
  DSC_E_DEVICE = 9,             /* driver or kernel fault; the context is poisoned                             */
  DSC_E_CANCELLED = 10,
  DSC_E_DEADLINE = 11,
  DSC_E_LIMIT = 12,             /* a limit of dsc_plan_options was hit, or a bounded queue is full             */
  DSC_E_INTERNAL = 13,
  DSC_E_BAD_DATA = 14           /* tensor contents out of range (an index, a data-dependent size)              */
};
typedef struct dsc_error {
  uint32_t struct_size;
  dsc_status code;
  uint64_t where;               /* step, buffer, argument or byte offset; ~0 when it has no meaning            */
  char message[240];            /* NUL-terminated, UTF-8, safe to show: no paths, no addresses                 */
} dsc_error;

DSC_API const char* dsc_status_name(dsc_status s);                              /* static string, never NULL  */
DSC_API void dsc_version(uint32_t* major, uint32_t* minor, uint32_t* patch);
DSC_API void dsc_plan_version_range(uint32_t* oldest, uint32_t* newest);        /* format majors that load    */

/* ---- tensors: the fields of DLPack's DLTensor, plus sizes that can be checked ------------------------------- */
typedef int32_t dsc_dtype;
enum { DSC_F32 = 1, DSC_F16 = 2, DSC_BF16 = 3, DSC_I64 = 4, DSC_I32 = 5, DSC_I8 = 6, DSC_U8 = 7, DSC_BOOL = 8,
       DSC_F8E4M3 = 9, DSC_F8E5M2 = 10, DSC_F64 = 11, DSC_I16 = 12, DSC_U16 = 13, DSC_U32 = 14, DSC_U64 = 15,
       DSC_I4 = 16, DSC_U4 = 17 };
typedef int32_t dsc_device_kind;
enum { DSC_CPU = 1, DSC_CUDA = 2, DSC_CUDA_HOST = 3 };        /* kDLCPU, kDLCUDA, kDLCUDAHost (pinned)         */
#define DSC_MAX_RANK 8
typedef struct dsc_tensor {     /* borrowed memory; the runtime never frees it                                 */
  uint32_t struct_size;
  dsc_dtype dtype;
  dsc_device_kind device_kind;
  int32_t device_index;
  int32_t rank;
  int32_t reserved;
  int64_t shape[DSC_MAX_RANK];  /* outputs: written by the call                                                */
  int64_t strides[DSC_MAX_RANK];/* in elements; all zero = row-major contiguous                                */
  /* Outputs: NULL = point it at memory of the context, reserved at creation for the largest sizes and valid until the
   * next run; reset it to NULL before that run. */
  void* data;
  uint64_t data_bytes;          /* checked against the shape before any kernel sees data; outputs: capacity    */
} dsc_tensor;

/* ---- hooks the host may supply ------------------------------------------------------------------------------ */
typedef struct dsc_allocator {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  void* (*alloc)(void* self, uint64_t bytes, uint64_t align, dsc_device_kind kind, int32_t device_index);
  void (*free)(void* self, void* p, uint64_t bytes, dsc_device_kind kind, int32_t device_index);
} dsc_allocator;
typedef struct dsc_threads {    /* run body(arg, i) for every i in [0, n), return when all are done            */
  uint32_t struct_size;
  uint32_t concurrency;
  void* self;
  void (*parallel_for)(void* self, uint32_t n, void (*body)(void* arg, uint32_t i), void* arg);
} dsc_threads;
enum { DSC_TRACE_LOAD = 1, DSC_TRACE_VERIFY = 2, DSC_TRACE_JIT = 3, DSC_TRACE_RUN = 4, DSC_TRACE_STEP = 5,
       DSC_TRACE_COPY = 6, DSC_TRACE_SEND = 7, DSC_TRACE_RECV = 8 };
typedef struct dsc_trace_event {/* one call per finished step, launch, copy or load                            */
  uint32_t struct_size;
  int32_t kind;
  uint64_t id, parent;
  uint64_t begin_ns, end_ns;    /* CLOCK_MONOTONIC; device spans are mapped onto it                            */
  uint64_t bytes, flops;
  dsc_device_kind device_kind;
  int32_t device_index;
  const char* name;             /* valid during the call only                                                  */
} dsc_trace_event;
enum { DSC_LOG_ERROR = 1, DSC_LOG_WARNING = 2, DSC_LOG_INFO = 3, DSC_LOG_DEBUG = 4 };
enum { DSC_CPU_ANY = 0, DSC_CPU_X86_V3 = 1, DSC_CPU_X86_V4 = 2, DSC_CPU_X86_V4_VNNI_BF16 = 3 };
enum { DSC_RUNTIME_NO_CUDA = 1u };    /* do not look for libcuda.so.1                                          */
typedef struct dsc_runtime_options {
  uint32_t struct_size;
  uint32_t num_threads;         /* 0 = one per physical core, capped by the affinity mask and the CPU quota    */
  uint32_t flags;
  int32_t max_cpu_level;        /* highest CPU level to use; DSC_CPU_ANY = what CPUID reports                  */
  const dsc_allocator* allocator;
  const dsc_threads* threads;
  void* hook_self;
  void (*log)(void* self, int32_t level, const char* message);
  void (*trace)(void* self, const dsc_trace_event* event);
  /* after each step, for each buffer it wrote; NULL (default) costs nothing and changes no kernel */
  void (*observe)(void* self, uint64_t step, const char* name, const dsc_tensor* value);
} dsc_runtime_options;

typedef struct dsc_runtime dsc_runtime;
DSC_API dsc_status dsc_runtime_create(const dsc_runtime_options*, dsc_runtime** out, dsc_error*);
DSC_API void dsc_runtime_release(dsc_runtime*);
DSC_API uint32_t dsc_runtime_device_count(const dsc_runtime*, dsc_device_kind);

/* ---- plans --------------------------------------------------------------------------------------------------
 * A plan holds native code: opening it is like loading a shared library. Structure, semantics and digests are
 * always verified. With num_keys == 0 a signature is not needed; with num_keys > 0 one of the keys must have
 * signed the plan, otherwise DSC_E_UNTRUSTED_PLAN. A runtime built without signature support refuses num_keys > 0.
 * Files are mapped: replace one by rename, or open it with DSC_PLAN_COPY. Memory given to open_memory stays borrowed
 * until the plan and its contexts are released, unless DSC_PLAN_COPY is set. */
enum { DSC_PLAN_DEFER_WEIGHTS = 1u,   /* check a weight segment when the first context maps it, not at open    */
       DSC_PLAN_COPY = 2u,            /* private copy instead of a mapping or of borrowed memory               */
       DSC_PLAN_PREFAULT = 4u,        /* touch the mapping now: slower open, no first-run stall                */
       DSC_PLAN_VERIFY = 8u };        /* SHA-256 of weights too, not only their CRC-32C                         */
typedef struct dsc_plan_options {
  uint32_t struct_size;
  uint32_t flags;
  const uint8_t (*keys)[32];    /* trusted Ed25519 public keys                                                 */
  uint32_t num_keys;
  uint32_t max_steps;           /* per program; 0 = 1,000,000. Above a limit: DSC_E_LIMIT                      */
  uint64_t max_arena_bytes;     /* per entry; 0 = 1 TiB                                                        */
  uint64_t max_plan_bytes;      /* whole file; 0 = 1 TiB                                                       */
} dsc_plan_options;

typedef struct dsc_plan dsc_plan;
DSC_API dsc_status dsc_plan_open_file(dsc_runtime*, const char* path, const dsc_plan_options*, dsc_plan** out,
                                      dsc_error*);
DSC_API dsc_status dsc_plan_open_memory(dsc_runtime*, const void* data, uint64_t bytes, const dsc_plan_options*,
                                        dsc_plan** out, dsc_error*);
DSC_API void dsc_plan_release(dsc_plan*);
DSC_API void dsc_plan_digest(const dsc_plan*, uint8_t sha256[32]);              /* identity, for caches, ranks */
DSC_API const char* dsc_plan_metadata(const dsc_plan*, const char* key);        /* NULL if absent              */

typedef struct dsc_tensor_info {/* strings live as long as the plan                                            */
  uint32_t struct_size;
  dsc_dtype dtype;
  int32_t rank;
  int32_t batch_dim;            /* -1: none                                                                    */
  int64_t min_shape[DSC_MAX_RANK], max_shape[DSC_MAX_RANK];
  const char* symbol[DSC_MAX_RANK];   /* "batch", "seq", ...; NULL: static or an expression                    */
  const char* name;
  uint64_t align;               /* required alignment of the caller's pointer                                  */
} dsc_tensor_info;
enum { DSC_SYMBOL_DATA = 1u };  /* computed by the model; the caller's shapes do not bind it                   */
typedef struct dsc_symbol_info {/* a symbolic size; its index is that of dsc_context_options.max_dims          */
  uint32_t struct_size;
  uint32_t flags;
  int64_t min, max;             /* max == INT64_MAX: open, a context needs max_dims for it                     */
  int64_t multiple_of;
  const char* name;
} dsc_symbol_info;
typedef struct dsc_variant_info {
  uint32_t struct_size;
  uint32_t num_buckets;
  uint32_t num_units;           /* rows of the cut table; stages are ranges of units                           */
  float quality;                /* measured at compile time, 1 = reference; negative = not measured            */
  const char* name;             /* "fp32", "fp16", "int8"                                                      */
  uint64_t arena_bytes;         /* largest bucket                                                              */
  uint64_t shared_weight_bytes, own_weight_bytes;
  uint32_t num_stages;          /* of the pipeline the plan was compiled for; 1: none                          */
  uint32_t reserved;
} dsc_variant_info;
typedef struct dsc_bucket_info {
  uint32_t struct_size;
  float predicted_us;
  int64_t batch;                /* upper bound of the batch dimension in this bucket; 0 if there is none       */
  uint64_t arena_bytes;
} dsc_bucket_info;
DSC_API uint32_t dsc_plan_function_count(const dsc_plan*);
DSC_API const char* dsc_plan_function_name(const dsc_plan*, uint32_t fn);       /* NULL if there is none       */
enum { DSC_FN_ROWS_INDEPENDENT = 1u };          /* rows of a batch do not influence each other: may be batched */
DSC_API uint32_t dsc_plan_function_flags(const dsc_plan*, uint32_t fn);
DSC_API uint32_t dsc_plan_input_count(const dsc_plan*, uint32_t fn);
DSC_API uint32_t dsc_plan_output_count(const dsc_plan*, uint32_t fn);
DSC_API uint32_t dsc_plan_variant_count(const dsc_plan*, uint32_t fn);
DSC_API uint32_t dsc_plan_symbol_count(const dsc_plan*, uint32_t fn);
DSC_API dsc_status dsc_plan_symbol(const dsc_plan*, uint32_t fn, uint32_t i, dsc_symbol_info*, dsc_error*);
DSC_API dsc_status dsc_plan_input(const dsc_plan*, uint32_t fn, uint32_t i, dsc_tensor_info*, dsc_error*);
DSC_API dsc_status dsc_plan_output(const dsc_plan*, uint32_t fn, uint32_t i, dsc_tensor_info*, dsc_error*);
DSC_API dsc_status dsc_plan_variant(const dsc_plan*, uint32_t fn, uint32_t v, dsc_variant_info*, dsc_error*);
DSC_API dsc_status dsc_plan_bucket(const dsc_plan*, uint32_t fn, uint32_t v, uint32_t b, dsc_bucket_info*, dsc_error*);

/* ---- execution ---------------------------------------------------------------------------------------------- */
typedef struct dsc_context_options {
  uint32_t struct_size;
  uint32_t function;
  uint32_t variant;
  uint32_t device_index;        /* which CUDA device takes the plan's CUDA slot                                */
  const int64_t* max_dims;      /* largest size per symbol of the function, 0 = the plan's bound; needed where open */
  uint32_t num_max_dims;
  uint32_t reserved;
} dsc_context_options;
typedef struct dsc_context dsc_context;
DSC_API dsc_status dsc_context_create(dsc_plan*, const dsc_context_options*, dsc_context** out, dsc_error*);
DSC_API void dsc_context_release(dsc_context*);
DSC_API dsc_status dsc_context_set_variant(dsc_context*, uint32_t variant, dsc_error*); /* between runs, O(1)  */
/* Writes shape and needed data_bytes of each output for these input shapes; runs no kernel. A data-dependent
 * dimension gets its upper bound. */
DSC_API dsc_status dsc_context_output_shapes(dsc_context*, const dsc_tensor* in, uint32_t num_in, dsc_tensor* out,
                                             uint32_t num_out, dsc_error*);
DSC_API dsc_status dsc_context_run(dsc_context*, const dsc_tensor* in, uint32_t num_in, dsc_tensor* out,
                                   uint32_t num_out, uint64_t timeout_ns /* 0 = none */, dsc_error*);
/* native_stream: a cudaStream_t or CUstream; NULL = the context's own. The tensors' memory, not the structs, must
 * live until wait returns. On the CPU enqueue is run, and wait returns its status. */
DSC_API dsc_status dsc_context_enqueue(dsc_context*, const dsc_tensor* in, uint32_t num_in, dsc_tensor* out,
                                       uint32_t num_out, void* native_stream, dsc_error*);
DSC_API dsc_status dsc_context_wait(dsc_context*, uint64_t timeout_ns /* 0 = none */, dsc_error*);
/* Any thread: the run in progress, or none, ends before its next step with DSC_E_CANCELLED. */
DSC_API void dsc_context_cancel(dsc_context*);

/* ---- pipeline: stages are ranges of the units of a plan, one thread each ------------------------------------- */
typedef struct dsc_stage {
  uint32_t struct_size;
  dsc_device_kind device_kind;  /* in; 0 = DSC_CPU                                                             */
  int32_t device_index;         /* in                                                                          */
  int32_t reserved;
  uint64_t mem_bytes;           /* in; most bytes of weights, arena and items in flight; 0 = any               */
  uint32_t first_unit, num_units;     /* out; in for dsc_pipeline_create. num_units == 0: the stage is unused  */
  double compute_us, transfer_us;     /* out, predicted                                                        */
  uint64_t weight_bytes, arena_bytes, receive_bytes; /* out                                                    */
} dsc_stage;
typedef struct dsc_partition_report {
  uint32_t struct_size;
  uint32_t stages_used;
  double bottleneck_us;         /* predicted time per item of the slowest stage or link                        */
  double lower_bound_us;        /* no partition into as many stages is faster                                  */
  double optimum_us;            /* of the fastest partition, should it need stages that take less than 5 % off */
  double balance;               /* mean stage time / bottleneck                                                */
} dsc_partition_report;
/* Where to cut for the highest throughput. The stages are in the order the data takes; each needs struct_size set. A
 * stage more never makes a single run shorter. */
DSC_API dsc_status dsc_plan_partition(const dsc_plan*, uint32_t fn, uint32_t variant, dsc_stage* stages,
                                      uint32_t num_stages, dsc_partition_report*, dsc_error*);

typedef struct dsc_pipeline_options {
  uint32_t struct_size;
  uint32_t function;
  uint32_t variant;
  uint32_t num_stages;
  const dsc_stage* stages;      /* from dsc_plan_partition, or written by hand; NULL = as the plan was compiled */
  const int64_t* max_dims;      /* as for a context                                                            */
  uint32_t num_max_dims;
  uint32_t depth;               /* items in flight per stage; 0 = 2. Each has the memory of a context          */
  uint32_t num_threads;         /* of each stage; 0 = the runtime's threads divided among the stages           */
  uint32_t reserved;
} dsc_pipeline_options;
typedef struct dsc_pipeline dsc_pipeline;
DSC_API dsc_status dsc_pipeline_create(dsc_plan*, const dsc_pipeline_options*, dsc_pipeline** out, dsc_error*);
/* Aborts, waits for the items in flight and drops their tickets. No other call may be in progress. */
DSC_API void dsc_pipeline_release(dsc_pipeline*);
/* Checks an item like dsc_context_run and hands it to the first stage; DSC_E_LIMIT: as many tickets are out as may be in
 * flight, so wait for one. Outputs need memory of the caller. Tensors, structs included, must live until wait returns. */
DSC_API dsc_status dsc_pipeline_submit(dsc_pipeline*, const dsc_tensor* in, uint32_t num_in, dsc_tensor* out,
                                       uint32_t num_out, uint64_t* ticket, dsc_error*);
/* The item's own status; the ticket is spent. Items finish in the order of their submission, an item that fails too.
 * DSC_E_DEADLINE of a wait that was too short leaves the ticket as it is. */
DSC_API dsc_status dsc_pipeline_wait(dsc_pipeline*, uint64_t ticket, uint64_t timeout_ns /* 0 = none */, dsc_error*);
/* Any thread, for good: items in flight end before their next step with DSC_E_CANCELLED, and so does every submit. */
DSC_API void dsc_pipeline_abort(dsc_pipeline*);

#ifdef __cplusplus
}
#endif
#endif
