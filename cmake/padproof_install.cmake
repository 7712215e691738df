# SPDX-License-Identifier: Apache-2.0
# Installs programs, libraries, headers and the package padproof. tests/install consumes the result.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY PADPROOF_LIBRARIES)
get_property(programs GLOBAL PROPERTY PADPROOF_PROGRAMS)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/padproof)

install(TARGETS ${libraries} EXPORT padproof-targets)
if(programs)
  install(TARGETS ${programs})
endif()
install(
  DIRECTORY model converter verifier report
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/padproof
  FILES_MATCHING
  PATTERN "*.h")
install(
  DIRECTORY ${PROJECT_BINARY_DIR}/generated/schemas
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/padproof
  OPTIONAL FILES_MATCHING
  PATTERN "*.h")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(
  EXPORT padproof-targets
  NAMESPACE padproof::
  DESTINATION ${package_dir})
configure_package_config_file(cmake/padproof-config.cmake.in padproof-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(padproof-config-version.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/padproof-config.cmake ${PROJECT_BINARY_DIR}/padproof-config-version.cmake
        cmake/padproof_onnx_target.cmake cmake/FindLibZip.cmake cmake/FindLibAio.cmake
  DESTINATION ${package_dir})
