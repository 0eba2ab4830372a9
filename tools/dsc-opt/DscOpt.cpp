// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-opt: reads a module, runs the passes that its flags name, prints it.

#include "tools/Register.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  dsc::registerAllDialects(registry);
  dsc::registerAllPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "dsc optimizer\n", registry));
}
