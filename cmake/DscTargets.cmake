# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Functions that declare a library, a tool and a unit test the same way everywhere.

# dsc_add_library(NAME SOURCES a.cpp ... [LINK lib ...] [DEPENDS tablegen-target ...])
# A static library of the compiler; LINK libraries and generated headers reach its clients.
function(dsc_add_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC ${arg_LINK})
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
endfunction()

# dsc_add_tool(NAME SOURCES a.cpp ... [LINK lib ...]): an executable in bin/.
function(dsc_add_tool name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK})
endfunction()

# dsc_add_unit_test(NAME SOURCES a.cpp ... [LINK lib ...]): one gtest executable, one ctest of the same name.
function(dsc_add_unit_test name)
  find_package(GTest REQUIRED)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/test-bin")
  target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS unit ENVIRONMENT ASAN_OPTIONS=allow_user_poisoning=0)
  if(NOT TARGET dsc-unit-tests)
    add_custom_target(dsc-unit-tests)
  endif()
  add_dependencies(dsc-unit-tests ${name})
endfunction()

# dsc_enable_exceptions(a.cpp ...): for the few files that talk to a library which throws.
function(dsc_enable_exceptions)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "-fexceptions;-frtti" SKIP_PRECOMPILE_HEADERS ON)
endfunction()
