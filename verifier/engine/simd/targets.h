// SPDX-License-Identifier: Apache-2.0
// The instruction sets that the fast path is compiled for: AVX-512, AVX2 with FMA, the compiler's baseline
// and Highway's emulation, which only tests choose. No include guard: read once before each source's
// <hwy/foreach_target.h>.
#undef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)
#ifndef HWY_COMPILE_ALL_ATTAINABLE
#define HWY_COMPILE_ALL_ATTAINABLE
#endif
