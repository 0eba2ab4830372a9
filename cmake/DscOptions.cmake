# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Flags of every target: C++17, no exceptions, no RTTI, warnings, lld; where outputs go; the sanitizers.
option(DSC_WERROR "Warnings are errors" OFF)
option(DSC_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer in our code" OFF)
option(DSC_ONNX "Build what needs the ONNX library (import, tools)" ON)

find_program(DSC_CCACHE ccache)
if(DSC_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${DSC_CCACHE}")
  # The sloppiness is what ccache asks for to cache a file that uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${DSC_CCACHE}")
endif()
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
# The compiler is bound by LLVM's own speed, which is -O3 already; -O2 halves nothing but build time.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g")
set(CMAKE_C_FLAGS_DEBUG "-Og -g")

add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions> $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
# -fPIC for tools too: with -fPIE they could not share the precompiled header.
add_compile_options(-fPIC)
# No path of the build machine reaches a binary (assert texts, debug line tables).
add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
add_compile_options(-ffunction-sections -fdata-sections -fno-semantic-interposition)
add_compile_options(-Wall -Wextra -Wno-unused-parameter -Wimplicit-fallthrough)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)
if(DSC_WERROR)
  add_compile_options(-Werror)
endif()
add_link_options(-fuse-ld=lld -Wl,--gc-sections)

if(DSC_SANITIZE)
  # vptr needs RTTI; function looks for a signature before kernels, which have none. MLIR and LLVM are not
  # instrumented: libstdc++ does not annotate containers, so mixing is sound, but allocators that LLVM inlines poison
  # memory on our side only (allow_user_poisoning=0, DscTargets.cmake).
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr,function -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
