# SPDX-License-Identifier: Apache-2.0
# What the product is built from; padproof-config.cmake.in repeats it for those who link the libraries.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(ONNX CONFIG REQUIRED)
include(padproof_onnx_target)
find_package(fmt CONFIG REQUIRED)
find_package(tl-expected CONFIG REQUIRED)
find_package(LibZip MODULE REQUIRED)
find_package(hwy CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(TBB CONFIG REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(tomlplusplus CONFIG REQUIRED)
