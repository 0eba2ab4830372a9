// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-erase-layer-marks: removes what the passes of the quantize phase told each other.

#include "passes/Passes.h"
#include "passes/quantize/Layers.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_ERASELAYERMARKSPASS
#include "passes/Passes.h.inc"

namespace {

struct EraseLayerMarksPass : impl::EraseLayerMarksPassBase<EraseLayerMarksPass> {
  using EraseLayerMarksPassBase::EraseLayerMarksPassBase;

  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      for (StringRef mark : {layerMark, formatMark, rangeMark, noiseMark, storedMark})
        op->removeAttr(mark);
    });
  }
};

} // namespace
} // namespace dsc
