# SPDX-License-Identifier: Apache-2.0
# Flags of everything that is ours. They are build-time only: nothing here reaches those who link the libraries.

add_library(padproof_warnings INTERFACE)
target_compile_options(
  padproof_warnings
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wsign-conversion
            -Wold-style-cast
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            $<$<BOOL:${PADPROOF_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlapping copies inside std::string concatenation (GCC bug 105651).
  target_compile_options(padproof_warnings INTERFACE -Wno-restrict)
endif()

# Bits are promised, so the compiler may not choose them: a multiply and an add are fused only where the source says
# std::fma. -ffast-math and its parts never appear here.
add_library(padproof_arithmetic INTERFACE)
target_compile_options(padproof_arithmetic INTERFACE -ffp-contract=off)

if(PADPROOF_SANITIZE)
  list(JOIN PADPROOF_SANITIZE "," sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${sanitizers})
endif()

if(PADPROOF_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "PADPROOF_FUZZ needs clang: libFuzzer is part of it")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Counters of lines in one room: clang 14 fails on sources that include themselves, as the engine's do.
if(PADPROOF_COVERAGE)
  add_link_options(-fprofile-instr-generate)
endif()
