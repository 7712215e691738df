# SPDX-License-Identifier: Apache-2.0
# One name for the ONNX library: older packages export plain `onnx`, newer ones ONNX::onnx.
if(NOT TARGET ONNX::onnx)
  add_library(ONNX::onnx INTERFACE IMPORTED)
  target_link_libraries(ONNX::onnx INTERFACE onnx)
endif()
