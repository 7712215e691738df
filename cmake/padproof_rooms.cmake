# SPDX-License-Identifier: Apache-2.0
# A room is a top-level folder: one library (or program), one namespace, includes rooted at the project.

# Gives `target` our arithmetic, the version and the include roots: in the tree `model/graph.h`, installed also `padproof/model/graph.h`.
function(padproof_own target)
  target_compile_definitions(${target} PRIVATE PADPROOF_VERSION="${PROJECT_VERSION}")
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:padproof_arithmetic>)
  target_include_directories(
    ${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
                     $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/padproof>)
  target_compile_features(${target} PUBLIC cxx_std_20)
endfunction()

# padproof_room(<folder> [PUBLIC dependency...] [PRIVATE dependency...]): the library padproof_<folder>.
function(padproof_room folder)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "PUBLIC;PRIVATE")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp ${PROJECT_SOURCE_DIR}/${folder}/*.h)
  set(target padproof_${folder})
  # CMakeLists.txt stands in for the sources of a room that has none yet.
  add_library(${target} ${sources} ${PROJECT_SOURCE_DIR}/CMakeLists.txt)
  add_library(padproof::${folder} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${folder} LINKER_LANGUAGE CXX)
  padproof_own(${target})
  target_link_libraries(
    ${target}
    PUBLIC ${room_PUBLIC}
    PRIVATE ${room_PRIVATE} $<BUILD_INTERFACE:padproof_warnings>)
  if(folder STREQUAL PADPROOF_COVERAGE)
    target_compile_options(${target} PRIVATE -fprofile-instr-generate -fcoverage-mapping)
  endif()
  set_property(GLOBAL APPEND PROPERTY PADPROOF_LIBRARIES ${target})
endfunction()

# padproof_program(<name> <folder> <dependency>...): an executable in <build>/bin.
function(padproof_program name folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp ${PROJECT_SOURCE_DIR}/${folder}/*.h)
  if(NOT sources)
    message(WARNING "${folder}/ holds no sources: the program ${name} is left out")
    return()
  endif()
  add_executable(${name} ${sources})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  padproof_own(${name})
  target_link_libraries(${name} PRIVATE ${ARGN} Threads::Threads padproof_warnings)
  set_property(GLOBAL APPEND PROPERTY PADPROOF_PROGRAMS ${name})
endfunction()

# padproof-check, and all of it but its main() as padproof_checker, which tests link.
function(padproof_checker)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/check/*.cpp ${PROJECT_SOURCE_DIR}/check/*.h)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(padproof_checker STATIC ${sources})
  padproof_own(padproof_checker)
  target_link_libraries(
    padproof_checker
    PUBLIC nlohmann_json::nlohmann_json
    PRIVATE OpenSSL::Crypto padproof_warnings)
  add_executable(padproof-check ${PROJECT_SOURCE_DIR}/check/main.cpp)
  set_target_properties(padproof-check PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  padproof_own(padproof-check)
  padproof_link_checker()
  set_property(GLOBAL APPEND PROPERTY PADPROOF_PROGRAMS padproof-check)
endfunction()

# padproof-check brings all it needs where the toolchain can do that: finding four libraries takes longer than
# checking a small model, and nothing that is installed later changes what it says.
function(padproof_link_checker)
  find_library(PADPROOF_STATIC_CRYPTO libcrypto.a)
  mark_as_advanced(PADPROOF_STATIC_CRYPTO)
  set(CMAKE_REQUIRED_LINK_OPTIONS -static-pie)
  set(CMAKE_REQUIRED_FLAGS -fPIE)
  check_cxx_source_compiles("#include <thread>\nint main() { std::thread([] {}).join(); }" PADPROOF_HAS_STATIC_PIE)
  if(NOT PADPROOF_STATIC_CRYPTO OR NOT PADPROOF_HAS_STATIC_PIE OR PADPROOF_SANITIZE)
    target_link_libraries(padproof-check PRIVATE padproof_checker Threads::Threads padproof_warnings)
    return()
  endif()
  set_target_properties(padproof_checker padproof-check PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_include_directories(padproof-check SYSTEM PRIVATE $<TARGET_PROPERTY:nlohmann_json::nlohmann_json,INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(padproof-check PRIVATE $<TARGET_FILE:padproof_checker> ${PADPROOF_STATIC_CRYPTO} padproof_warnings)
  target_link_options(padproof-check PRIVATE -static-pie)
  add_dependencies(padproof-check padproof_checker)
endfunction()

# The messages of schemas/*.proto as padproof_schemas; include them as "schemas/<name>.pb.h". Generated code answers to
# its generator, so it is compiled without our warnings and seen as a system header.
function(padproof_schemas)
  file(GLOB protos CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/schemas/*.proto)
  set(generated ${PROJECT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${generated})
  add_library(padproof_schemas ${protos} ${PROJECT_SOURCE_DIR}/CMakeLists.txt)
  add_library(padproof::schemas ALIAS padproof_schemas)
  # Generated sources use the same names in file after file.
  set_target_properties(padproof_schemas PROPERTIES EXPORT_NAME schemas LINKER_LANGUAGE CXX UNITY_BUILD OFF)
  padproof_own(padproof_schemas)
  target_include_directories(padproof_schemas SYSTEM PUBLIC $<BUILD_INTERFACE:${generated}>)
  target_link_libraries(padproof_schemas PUBLIC protobuf::libprotobuf)
  if(protos)
    protobuf_generate(
      TARGET padproof_schemas
      LANGUAGE cpp
      IMPORT_DIRS ${PROJECT_SOURCE_DIR}
      PROTOC_OUT_DIR ${generated})
  endif()
  set_property(GLOBAL APPEND PROPERTY PADPROOF_LIBRARIES padproof_schemas)
endfunction()

# The target `product`: libraries and programs, no tests.
function(padproof_product)
  get_property(libraries GLOBAL PROPERTY PADPROOF_LIBRARIES)
  get_property(programs GLOBAL PROPERTY PADPROOF_PROGRAMS)
  add_custom_target(product DEPENDS ${libraries} ${programs})
endfunction()
