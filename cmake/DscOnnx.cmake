# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Imports dsc_onnx: the ONNX C++ library that `./dev setup` built from the sources of the pinned package.
set(DSC_ONNX_ROOT "${CMAKE_SOURCE_DIR}/.cache/onnx" CACHE PATH "Folder that holds the built ONNX library")
if(DSC_ONNX AND NOT EXISTS "${DSC_ONNX_ROOT}/lib/libonnx.a")
  message(STATUS "no ONNX library under ${DSC_ONNX_ROOT}: run ./dev setup")
endif()
if(DSC_ONNX AND EXISTS "${DSC_ONNX_ROOT}/lib/libonnx.a")
  find_package(Protobuf REQUIRED)
  add_library(dsc_onnx INTERFACE)
  target_include_directories(dsc_onnx SYSTEM INTERFACE "${DSC_ONNX_ROOT}/include")
  target_compile_definitions(dsc_onnx INTERFACE ONNX_ML=1 ONNX_NAMESPACE=onnx __STDC_FORMAT_MACROS)
  # Operator schemas register in static constructors that nothing else refers to.
  add_library(dsc_onnx_archive STATIC IMPORTED)
  set_target_properties(dsc_onnx_archive PROPERTIES IMPORTED_LOCATION "${DSC_ONNX_ROOT}/lib/libonnx.a")
  target_link_libraries(dsc_onnx INTERFACE "$<LINK_LIBRARY:WHOLE_ARCHIVE,dsc_onnx_archive>" protobuf::libprotobuf)
endif()
