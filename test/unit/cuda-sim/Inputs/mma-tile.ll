; C[16, 8] = A[16, K] B[8, K]^T of bf16 by one warp: cp.async in two stages, ldmatrix, mma.sync; K a multiple of 16.
; mma-tile.ptx is this file through
;   llc -O3 -march=nvptx64 -mcpu=sm_80 -mattr=+ptx80 mma-tile.ll -o mma-tile.ptx
target triple = "nvptx64-nvidia-cuda"

; Two stages of 16 rows of A and 8 rows of B, 32 bytes each.
@tile = external addrspace(3) global [0 x i8], align 16

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3), ptr addrspace(1))
declare void @llvm.nvvm.cp.async.commit.group()
declare void @llvm.nvvm.cp.async.wait.group(i32)
declare void @llvm.nvvm.bar.warp.sync(i32)
declare {i32, i32, i32, i32} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p3(ptr addrspace(3))
declare {i32, i32} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x2.b16.p3(ptr addrspace(3))
declare {float, float, float, float} @llvm.nvvm.mma.m16n8k16.row.col.bf16(i32, i32, i32, i32, i32, i32, float, float, float, float)

; Lane l copies 16 bytes of A, and of B if l < 16, for the 16 columns from %k into a stage.
define internal void @copy(ptr addrspace(1) %a, ptr addrspace(1) %b, i32 %k, i32 %depth, i32 %lane) alwaysinline {
  %stage16 = lshr i32 %k, 4
  %stage = and i32 %stage16, 1
  %base = mul i32 %stage, 768
  %r = lshr i32 %lane, 1
  %half = and i32 %lane, 1
  %half8 = shl i32 %half, 3
  %rk = mul i32 %r, %depth
  %c = add i32 %k, %half8
  %e = add i32 %rk, %c
  %e64 = sext i32 %e to i64
  %to = shl i32 %lane, 4
  %toA = add i32 %base, %to
  %sa = getelementptr i8, ptr addrspace(3) @tile, i32 %toA
  %ga = getelementptr bfloat, ptr addrspace(1) %a, i64 %e64
  call void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3) %sa, ptr addrspace(1) %ga)
  %isB = icmp ult i32 %lane, 16
  br i1 %isB, label %copyB, label %done
copyB:
  %sb = getelementptr i8, ptr addrspace(3) %sa, i32 512
  %gb = getelementptr bfloat, ptr addrspace(1) %b, i64 %e64
  call void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3) %sb, ptr addrspace(1) %gb)
  br label %done
done:
  ret void
}

define ptx_kernel void @mma_tile(ptr addrspace(1) %a, ptr addrspace(1) %b, ptr addrspace(1) %c, i32 %depth) {
entry:
  %lane = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  call void @copy(ptr addrspace(1) %a, ptr addrspace(1) %b, i32 0, i32 %depth, i32 %lane)
  call void @llvm.nvvm.cp.async.commit.group()
  br label %loop
loop:
  %k = phi i32 [ 0, %entry ], [ %next, %multiply ]
  %c0 = phi float [ 0.0, %entry ], [ %d0, %multiply ]
  %c1 = phi float [ 0.0, %entry ], [ %d1, %multiply ]
  %c2 = phi float [ 0.0, %entry ], [ %d2, %multiply ]
  %c3 = phi float [ 0.0, %entry ], [ %d3, %multiply ]
  %next = add i32 %k, 16
  %more = icmp slt i32 %next, %depth
  br i1 %more, label %ahead, label %wait
ahead:
  call void @copy(ptr addrspace(1) %a, ptr addrspace(1) %b, i32 %next, i32 %depth, i32 %lane)
  br label %wait
wait:
  call void @llvm.nvvm.cp.async.commit.group()
  call void @llvm.nvvm.cp.async.wait.group(i32 1)
  call void @llvm.nvvm.bar.warp.sync(i32 -1)
  br label %multiply
multiply:
  %stage16 = lshr i32 %k, 4
  %stage = and i32 %stage16, 1
  %base = mul i32 %stage, 768
  ; A: lane l points to row l % 16, half l / 16; B: row l % 8, half l / 8 of lanes 0 to 15.
  %ra = and i32 %lane, 15
  %ha = lshr i32 %lane, 4
  %ra32 = shl i32 %ra, 5
  %ha16 = shl i32 %ha, 4
  %oa1 = add i32 %ra32, %ha16
  %oa = add i32 %oa1, %base
  %pa = getelementptr i8, ptr addrspace(3) @tile, i32 %oa
  %fa = call {i32, i32, i32, i32} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p3(ptr addrspace(3) %pa)
  %rb = and i32 %lane, 7
  %lb = lshr i32 %lane, 3
  %hb = and i32 %lb, 1
  %rb32 = shl i32 %rb, 5
  %hb16 = shl i32 %hb, 4
  %ob1 = add i32 %rb32, %hb16
  %ob2 = add i32 %ob1, %base
  %ob = add i32 %ob2, 512
  %pb = getelementptr i8, ptr addrspace(3) @tile, i32 %ob
  %fb = call {i32, i32} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x2.b16.p3(ptr addrspace(3) %pb)
  %a0 = extractvalue {i32, i32, i32, i32} %fa, 0
  %a1 = extractvalue {i32, i32, i32, i32} %fa, 1
  %a2 = extractvalue {i32, i32, i32, i32} %fa, 2
  %a3 = extractvalue {i32, i32, i32, i32} %fa, 3
  %b0 = extractvalue {i32, i32} %fb, 0
  %b1 = extractvalue {i32, i32} %fb, 1
  %d = call {float, float, float, float} @llvm.nvvm.mma.m16n8k16.row.col.bf16(i32 %a0, i32 %a1, i32 %a2, i32 %a3, i32 %b0, i32 %b1, float %c0, float %c1, float %c2, float %c3)
  %d0 = extractvalue {float, float, float, float} %d, 0
  %d1 = extractvalue {float, float, float, float} %d, 1
  %d2 = extractvalue {float, float, float, float} %d, 2
  %d3 = extractvalue {float, float, float, float} %d, 3
  call void @llvm.nvvm.bar.warp.sync(i32 -1)
  br i1 %more, label %loop, label %store
store:
  %g = lshr i32 %lane, 2
  %t = and i32 %lane, 3
  %g8 = shl i32 %g, 3
  %t2 = shl i32 %t, 1
  %at = add i32 %g8, %t2
  %top = getelementptr float, ptr addrspace(1) %c, i32 %at
  %v0 = insertelement <2 x float> undef, float %d0, i32 0
  %v1 = insertelement <2 x float> %v0, float %d1, i32 1
  store <2 x float> %v1, ptr addrspace(1) %top, align 8
  %bottom = getelementptr float, ptr addrspace(1) %top, i32 64
  %w0 = insertelement <2 x float> undef, float %d2, i32 0
  %w1 = insertelement <2 x float> %w0, float %d3, i32 1
  store <2 x float> %w1, ptr addrspace(1) %bottom, align 8
  ret void
}
