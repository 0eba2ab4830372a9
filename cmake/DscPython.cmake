# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# DSC_PYTHON and DSC_ONNX_DATA: the virtual environment of `./dev setup` and the ONNX test data inside it.
set(DSC_PYTHON "${CMAKE_SOURCE_DIR}/.venv/bin/python" CACHE FILEPATH "Python with the packages of requirements.txt")
file(GLOB dsc_onnx_data "${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/onnx/backend/test/data")
set(DSC_ONNX_DATA "${dsc_onnx_data}" CACHE PATH "ONNX conformance data: node/, simple/, pytorch-*/, light/")
