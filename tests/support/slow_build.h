// SPDX-License-Identifier: Apache-2.0
// Whether this is a build in which everything takes many times as long, or more memory than it should.
#pragma once

namespace padproof::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

#if defined(NDEBUG)
inline constexpr bool kSlowBuild = kSanitized;
#else
inline constexpr bool kSlowBuild = true;
#endif

}  // namespace padproof::test
