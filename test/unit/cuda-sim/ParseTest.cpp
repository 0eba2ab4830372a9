// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the parser takes and what it refuses; unknown instructions name their line.
#include "Harness.h"

using namespace dsc::sim;
using namespace dsc::sim::test;

namespace {
Error parse(const std::string &ptx) {
  Program program;
  return Program::parse(ptx, program);
}
const std::string head = ".version 8.0\n.target sm_80\n.address_size 64\n";

void refuseText(const std::string &text, const std::string &message) {
  expectError(parse(head + text), ErrorKind::syntax, message);
}
void refuseBody(const std::string &body, ErrorKind kind, const std::string &message) {
  expectError(parse(kernelOf("", body)), kind, message);
}

TEST(SimParse, TakesWhatCompilersWrite) {
  const Error error =
      parse("// comment\n/* another\n over lines */.version 7.8\n.target sm_80, debug\n.address_size "
            "64\n.file 1 \"a.cu\"\n"
            ".section .debug_str\n{\n.b8 1, 2\n}\n.extern .global .align 4 .b8 other[];\n.extern .func "
            "(.param .b32 r) vprintf (.param .b64 a, .param .b64 b);\n.func forward;\n"
            ".weak .const .align 8 .b8 nothing[8];\n.visible .entry k(\n\t.param .u64 .ptr .global .align 16 "
            "k_param_0\n)\n.maxntid 128, 1, 1\n.minnctapersm 2\n.maxnreg 64\n"
            "{\n.reg .pred \t%p<2>;\n.reg .b32 %a, %b;\n.loc 1 2 3\n.pragma "
            "\"nounroll\";\n$L__BB0_1:\nmov.b32 %a, 0b101; mov.b32 %b, 017U; mov.b32 %a, -0x10;\n"
            "@!%p1 bra.uni $L__BB0_1;\nfence.proxy.async; fence.acq_rel.gpu; membar.gl; nanosleep.u32 20; "
            ";\nret;\n}\n");
  EXPECT_FALSE(error) << error.message;
}

TEST(SimParse, TellsAboutKernels) {
  Program program;
  const Error error = Program::parse(
      head + ".extern .shared .b8 pool[];\n.func f() { ret; }\n.entry a(.param .u64 x, .param .align 8 .b8 "
             "y[24]) .reqntid 32, 2 { .shared .b32 t[5]; ret; }\n.entry b() .maxntid 64 { ret; }\n",
      program);
  ASSERT_FALSE(error) << error.message;
  const std::vector<KernelInfo> kernels = program.kernels();
  ASSERT_EQ(kernels.size(), 2u);
  EXPECT_EQ(kernels[0].name, "a");
  EXPECT_EQ(kernels[0].parameterBytes, (std::vector<size_t>{8, 24}));
  EXPECT_EQ(kernels[0].staticSharedBytes, 20u);
  EXPECT_TRUE(kernels[0].hasDynamicShared);
  EXPECT_EQ(kernels[0].requiredThreads.count(), 64u);
  EXPECT_EQ(kernels[1].maximalThreads.count(), 64u);
}

TEST(SimParse, RefusesWhatIsNotPtx) {
  refuseText("?", "line 4: expected PTX, but got the character '?'");
  refuseText(".file 1 \"a\n", "expected the end of a string, but got the end of the line");
  refuseText("hello", "line 4: expected a directive of a module, but got 'hello'");
  refuseText(".entry", "expected a name, but got the end of the text");
  refuseText(".entry k( { }", "expected a state space, but got '{'");
  refuseText(".entry k() .dance { }",
             "expected a directive of a function that the simulator knows, but got '.dance'");
  refuseText(".entry k() {", "expected '}', but got the end of the text");
  refuseText(".global .u32 x = ;", "expected a value, but got ';'");
  refuseText(".global .u32 x[;", "expected an integer, but got ';'");
  refuseText(".global .u32 x", "expected ';', but got the end of the text");
  refuseText(".global .q32 x;", "expected a type of 'x', but got 'q32'");
  refuseText(".local .u32 x;", "expected a shared, global or const variable, but got 'x'");
  refuseText(".global .u16 x[2] = {1, 2, 3};", "expected at most 2 values of 'x', but got 3");
  refuseText(".global .u64 x = y;", "expected a declared variable, but got 'y'");
  refuseBody("mov.f32 %r0, 0f12;", ErrorKind::syntax,
             "expected 8 digits after 0f or 16 after 0d, but got '0f12'");
  refuseBody("mov.b32 %r0, ;", ErrorKind::syntax, "expected an operand, but got ';'");
  expectError(parse(".address_size 32"), ErrorKind::syntax, "expected 64-bit addresses, but got '32'");
}

TEST(SimParse, RefusesUndeclaredNames) {
  refuseBody("mov.b32 %x, 1;", ErrorKind::syntax, "line 11: expected a declared register, but got '%x'");
  refuseBody("mov.b32 %r0, %tid.w;", ErrorKind::syntax,
             "expected a declared register, variable or number, but got '%tid.w'");
  refuseBody("bra NOWHERE;", ErrorKind::syntax, "expected a label, but got 'NOWHERE'");
  refuseBody("@%r0 ret;", ErrorKind::syntax, "expected a predicate, but got '%r0'");
  refuseBody("T: .branchtargets A; brx.idx %r0, T;", ErrorKind::syntax, "expected a label, but got 'A'");
  refuseBody("brx.idx %r0, T;", ErrorKind::syntax, "expected the name of .branchtargets as operand 2");
  refuseBody(".reg .b32 %r0;", ErrorKind::syntax, "expected one declaration of '%r0', but got two");
  refuseBody(".reg .b32 %many<65537>;", ErrorKind::syntax,
             "expected at most 65536 registers '%many', but got 65537");
  refuseBody(".local .b32 x[300000];", ErrorKind::syntax,
             "expected at most 1048576 bytes of 'x', but got 1200000");
  refuseText(".global .b64 x[1073741824];", "expected at most 1073741824 bytes of 'x', but got 8589934592");
  refuseBody(".reg .q8 x;", ErrorKind::syntax, "expected a type of 'x', but got 'q8'");
  expectError(parse(head + ".func f(.param .b32 x) { ret; } .entry k() { call f; }"), ErrorKind::syntax,
              "expected the parameters and results of 'f', but got others");
}

TEST(SimParse, RefusesWhatItDoesNotKnow) {
  const ErrorKind kind = ErrorKind::unsupported;
  refuseBody("wgmma.fence.sync.aligned;", kind,
             "line 11: expected an instruction that the simulator knows, but got 'wgmma.fence.sync.aligned' "
             "with 0 operands");
  refuseBody("add.wild.u32 %r0, %r1, %r2;", kind,
             "expected no modifier .wild, but got 'add.wild.u32' with 3 operands");
  refuseBody("add.u8 %r0, %r1, %r2;", kind, "expected a type that add has in the simulator, not .u8");
  refuseBody("add %r0, %r1, %r2;", kind, "expected a type, but got 'add'");
  refuseBody("add.u32 %r0, %r1;", kind, "expected 3 operands, but got 'add.u32' with 2 operands");
  refuseBody("bar.sync;", kind, "expected 1 to 2 operands");
  refuseBody("ld.global.u32 %r0, %d0;", kind, "expected an address in brackets");
  refuseBody("ld.global.v2.u32 {%r0}, [%d0];", kind, "expected 2 registers");
  refuseBody("mul.u32 %r0, %r1, %r2;", kind, "expected .lo, .hi or .wide");
  refuseBody("mul24.u32 %r0, %r1, %r2;", kind, "expected .lo or .hi");
  refuseBody("madc.wide.u32 %r0, %r1, %r2, %r3;", kind, "expected .lo or .hi");
  refuseBody("dp2a.u32.u32 %r0, %r1, %r2, %r3;", kind, "expected .lo or .hi");
  refuseBody("dp4a.u16.u32 %r0, %r1, %r2, %r3;", kind, "expected types u32 or s32");
  refuseBody("shf.b32 %r0, %r1, %r2, %r3;", kind, "expected .l or .r and .wrap or .clamp");
  refuseBody("lop3.b32 %r0, %r1, %r2, %r3, %r4;", kind, "expected a number as operand 5");
  refuseBody("add.rz.f16 %h0, %h1, %h2;", kind, "expected the rounding .rn");
  refuseBody("ex2.f32 %r0, %r1;", kind, "expected .approx");
  refuseBody("setp.u32 %p0, %r1, %r2;", kind, "expected a comparison");
  refuseBody("setp.eq.u32;", kind, "expected operands, but got 'setp.eq.u32'");
  refuseBody("testp.f32 %p0, %r1;", kind, "expected a test");
  refuseBody("cvt.s32.f32 %r0, %r1;", kind, "expected a rounding");
  refuseBody("cvt.pack.u8.s32 %r0, %r1, %r2;", kind, "expected cvt.pack.sat of .s32 to 8 or 16 bits");
  refuseBody("mov.b64 {%r0, %r1, %r2}, %d0;", kind, "expected as many parts as fit the type");
  refuseBody("cvta.u64 %d0, %d1;", kind, "expected a state space and .u64");
  refuseBody("isspacep.const %p0, %d1;", kind, "expected the state space global, shared, local or param");
  refuseBody("atom.global.nand.b32 %r0, [%d0], 1;", kind,
             "expected an atomic operation that the simulator knows");
  refuseBody("brx %r0, T;", kind, "expected brx.idx");
  refuseBody("call;", kind, "expected the name of a function");
  refuseBody("call vprintf, (%d0, %d1);", kind, "expected a function with a body, not 'vprintf'");
  refuseBody("P: .callprototype _ (.param .b32 _);", kind,
             "expected a direct call, but got '.callprototype'");
  refuseBody("bar 0;", kind, "expected .sync, .arrive or .red");
  refuseBody("bar.red.u32 %r0, 0, %p0;", kind, "expected .popc, .and or .or");
  refuseBody("bar.warp 0;", kind, "expected bar.warp.sync");
  refuseBody(".reg .v2 .b32 x;", kind, "expected scalar registers, but got a vector of them");
  refuseBody(".global .b32 x;", kind,
             "expected 'x' to be declared outside of the function, but got it inside");
}

TEST(SimParse, RefusesOtherWarpInstructions) {
  const ErrorKind kind = ErrorKind::unsupported;
  refuseBody("shfl.bfly.b32 %r0, %r1, 1, 31;", kind, "expected .sync");
  refuseBody("shfl.sync.b32 %r0, %r1, 1, 31, -1;", kind, "expected .up, .down, .bfly or .idx of .b32");
  refuseBody("vote.sync.most.pred %p0, %p1, -1;", kind,
             "expected .all, .any or .uni of .pred, or .ballot of .b32");
  refuseBody("match.sync.b32 %r0, %r1, -1;", kind, "expected .any or .all, .sync, and .b32 or .b64");
  refuseBody("redux.sync.add.f32 %r0, %r1, -1;", kind,
             "expected .sync, .add, .min or .max of .u32 or .s32, or .and, .or or .xor of .b32");
  refuseBody("activemask %r0;", kind, "expected .b32");
  refuseBody("ldmatrix.sync.aligned.x1.shared.b16 {%r0}, [%d0];", kind, "expected .sync.aligned.m8n8");
  refuseBody("ldmatrix.sync.aligned.m8n8.x3.shared.b16 {%r0}, [%d0];", kind,
             "expected .x1, .x2 or .x4 and .b16 in shared memory");
  refuseBody("movmatrix.sync.aligned.m8n8.b16 %r0, %r1;", kind, "expected .sync.aligned.m8n8.trans.b16");
  refuseBody("mma.m16n8k16.row.col.f32.f16.f16.f32 %r0, %r1, %r2, %r3;", kind, "expected .sync.aligned");
  refuseBody("mma.sync.aligned.m16n8k64.row.col.s32.s4.s4.s32 %r0, %r1, %r2, %r3;", kind,
             "expected a dense shape that the simulator knows, .row and .col");
  refuseBody("mma.sync.aligned.m16n8k16.row.col.f32.f16.bf16.f32 %r0, %r1, %r2, %r3;", kind,
             "expected operand types of mma.sync that the simulator knows");
  refuseBody("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {%r0, %r1}, {%r2}, {%r3}, {%r4, %r5};", kind,
             "expected 2 registers as operand 2");
  refuseBody("cp.reduce.async;", kind, "expected cp.async.ca or cp.async.cg");
  refuseBody("cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%d0], [%d1, "
             "{%r0, %r1}], [%d2];",
             kind, "expected cp.async.ca or cp.async.cg, but got 'cp.async.bulk");
  refuseBody("ld.global.b32 %r0, [%d0, %r1];", kind, "expected an address in brackets");
  refuseBody("cp.bulk;", kind, "expected cp.async, but got 'cp.bulk'");
  refuseBody("cp.async.ca.global [%d0], [%d1], 4;", kind, "expected cp.async to .shared");
  refuseBody("cp.async.ca.shared [%d0], [%d1], 4;", kind, "expected cp.async from .global");
  refuseBody("cp.async.cg.shared.global [%d0], [%d1], 8;", kind, "expected 16 bytes");
  refuseBody("cp.async.ca.shared.global [%d0], [%d1], 12;", kind, "expected 4, 8 or 16 bytes");
}
} // namespace
