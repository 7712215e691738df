# SPDX-License-Identifier: Apache-2.0
# padproof_embed(<target> <header> <constant> <file> [<constant> <file>...]): the files' text as constants that `header` declares.
function(padproof_embed target header)
  set(generated ${PROJECT_BINARY_DIR}/generated/${target}_assets.cpp)
  set(text "#include \"${header}\"\n\nnamespace padproof::report {\n")
  while(ARGN)
    list(POP_FRONT ARGN constant file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
    file(READ ${PROJECT_SOURCE_DIR}/${file} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND text "static const char ${constant}Bytes[] = {${bytes}};\n"
                       "const std::string_view ${constant}(${constant}Bytes, sizeof ${constant}Bytes);\n")
  endwhile()
  string(APPEND text "}\n")
  file(CONFIGURE OUTPUT ${generated} CONTENT "${text}" @ONLY)
  target_sources(${target} PRIVATE ${generated})
  set_source_files_properties(${generated} PROPERTIES SKIP_LINTING ON SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
