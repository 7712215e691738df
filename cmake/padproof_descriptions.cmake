# SPDX-License-Identifier: Apache-2.0
# The manual page and the completions, which the program prints of itself, to <build>/share and where shells and man look.
# A program that does not run here, or only under watch, prints none.
if(NOT TARGET padproof OR CMAKE_CROSSCOMPILING OR PADPROOF_SANITIZE)
  return()
endif()

set(descriptions "")
function(padproof_description form folder file)
  set(path ${PROJECT_BINARY_DIR}/share/${folder}/${file})
  add_custom_command(
    OUTPUT ${path}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/share/${folder}
    COMMAND padproof describe ${form} > ${path}
    DEPENDS padproof
    VERBATIM)
  install(FILES ${path} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder})
  set(descriptions ${descriptions} ${path} PARENT_SCOPE)
endfunction()

padproof_description(man man/man1 padproof.1)
padproof_description(bash bash-completion/completions padproof)
padproof_description(zsh zsh/site-functions _padproof)
padproof_description(fish fish/vendor_completions.d padproof.fish)
add_custom_target(padproof_descriptions ALL DEPENDS ${descriptions})
add_dependencies(product padproof_descriptions)
