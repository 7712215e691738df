# SPDX-License-Identifier: Apache-2.0
# Finds libaio, which brings no package file, and defines libaio::aio.
find_path(LibAio_INCLUDE_DIR libaio.h)
find_library(LibAio_LIBRARY aio)
mark_as_advanced(LibAio_INCLUDE_DIR LibAio_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibAio REQUIRED_VARS LibAio_LIBRARY LibAio_INCLUDE_DIR)

if(LibAio_FOUND AND NOT TARGET libaio::aio)
  add_library(libaio::aio UNKNOWN IMPORTED)
  set_target_properties(
    libaio::aio PROPERTIES IMPORTED_LOCATION "${LibAio_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${LibAio_INCLUDE_DIR}")
endif()
