; Row sums of activated halves: one block per row, shuffles, shared memory, a device function, a jump table, a local
; array and a constant table. row-sum.ptx is this file through
;   llc -O3 -march=nvptx64 -mcpu=sm_80 -mattr=+ptx80 row-sum.ll -o row-sum.ptx
target triple = "nvptx64-nvidia-cuda"

@scales = internal addrspace(4) constant [4 x float] [float 0.5, float -1.0, float 2.0, float 0.25]
@partial = internal addrspace(3) global [32 x float] undef, align 4

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)
declare float @llvm.nvvm.shfl.sync.bfly.f32(i32, float, i32, i32)
declare float @llvm.exp2.f32(float)
declare float @llvm.sqrt.f32(float)
declare float @llvm.fma.f32(float, float, float)
declare float @llvm.maximum.f32(float, float)

; Element i of a row is treated by i % 5: relu, sigmoid, square root of the square, a table entry, or dropped.
define internal float @activate(float %x, i32 %i) noinline {
entry:
  %kind = urem i32 %i, 5
  switch i32 %kind, label %drop [
    i32 0, label %relu
    i32 1, label %sigmoid
    i32 2, label %root
    i32 3, label %table
  ]
relu:
  %r = call float @llvm.maximum.f32(float %x, float 0.0)
  ret float %r
sigmoid:
  %scaled = fmul float %x, 0xBFF7154760000000
  %e = call float @llvm.exp2.f32(float %scaled)
  %d = fadd float %e, 1.0
  %s = fdiv float 1.0, %d
  ret float %s
root:
  %sq = fmul float %x, %x
  %q = call float @llvm.sqrt.f32(float %sq)
  ret float %q
table:
  %index = and i32 %i, 3
  %at = getelementptr [4 x float], ptr addrspace(4) @scales, i32 0, i32 %index
  %scale = load float, ptr addrspace(4) %at
  %t = fmul float %x, %scale
  ret float %t
drop:
  ret float 0.0
}

define ptx_kernel void @row_sum(ptr addrspace(1) readonly %in, ptr addrspace(1) %out, i32 %columns) {
entry:
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %ntid = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %row = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %local = alloca [4 x float], align 4
  store [4 x float] zeroinitializer, ptr %local
  %first = mul i32 %row, %columns
  br label %head
head:
  %i = phi i32 [ %tid, %entry ], [ %next, %body ]
  %more = icmp slt i32 %i, %columns
  br i1 %more, label %body, label %reduce
body:
  %offset = add i32 %first, %i
  %wide = sext i32 %offset to i64
  %source = getelementptr half, ptr addrspace(1) %in, i64 %wide
  %h = load half, ptr addrspace(1) %source
  %x = fpext half %h to float
  %y = call float @activate(float %x, i32 %i)
  %bin = and i32 %i, 3
  %place = getelementptr [4 x float], ptr %local, i32 0, i32 %bin
  %old = load float, ptr %place
  %new = fadd float %old, %y
  store float %new, ptr %place
  %next = add i32 %i, %ntid
  br label %head
reduce:
  %p1 = getelementptr [4 x float], ptr %local, i32 0, i32 1
  %p2 = getelementptr [4 x float], ptr %local, i32 0, i32 2
  %p3 = getelementptr [4 x float], ptr %local, i32 0, i32 3
  %v0 = load float, ptr %local
  %v1 = load float, ptr %p1
  %v2 = load float, ptr %p2
  %v3 = load float, ptr %p3
  %s01 = fadd float %v0, %v1
  %s23 = fadd float %v2, %v3
  %mine = fadd float %s01, %s23
  %o16 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %mine, i32 16, i32 31)
  %a16 = fadd float %mine, %o16
  %o8 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %a16, i32 8, i32 31)
  %a8 = fadd float %a16, %o8
  %o4 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %a8, i32 4, i32 31)
  %a4 = fadd float %a8, %o4
  %o2 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %a4, i32 2, i32 31)
  %a2 = fadd float %a4, %o2
  %o1 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %a2, i32 1, i32 31)
  %a1 = fadd float %a2, %o1
  %lane = and i32 %tid, 31
  %warp = lshr i32 %tid, 5
  %leads = icmp eq i32 %lane, 0
  br i1 %leads, label %keep, label %wait
keep:
  %slot = getelementptr [32 x float], ptr addrspace(3) @partial, i32 0, i32 %warp
  store float %a1, ptr addrspace(3) %slot
  br label %wait
wait:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %one = icmp eq i32 %tid, 0
  br i1 %one, label %last, label %end
last:
  %warps = lshr i32 %ntid, 5
  br label %loop
loop:
  %w = phi i32 [ 0, %last ], [ %w1, %loop ]
  %sum = phi float [ 0.0, %last ], [ %sum1, %loop ]
  %from = getelementptr [32 x float], ptr addrspace(3) @partial, i32 0, i32 %w
  %part = load float, ptr addrspace(3) %from
  %sum1 = fadd float %sum, %part
  %w1 = add i32 %w, 1
  %again = icmp slt i32 %w1, %warps
  br i1 %again, label %loop, label %store
store:
  %row64 = sext i32 %row to i64
  %target = getelementptr float, ptr addrspace(1) %out, i64 %row64
  store float %sum1, ptr addrspace(1) %target
  br label %end
end:
  ret void
}
