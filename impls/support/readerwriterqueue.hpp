// moodycamel's queue for one reader and one writer, with and without a semaphore.
#pragma once

// The library orders by fences, which ThreadSanitizer does not see, and tells it so; but only clang's.
#if defined(__SANITIZE_THREAD__) && !defined(__has_feature)
#include <sanitizer/tsan_interface.h>
namespace handoff::moodycamel_detail {
inline int fences;
}
#define AE_TSAN_ANNOTATE_RELEASE() __tsan_release(&::handoff::moodycamel_detail::fences)
#define AE_TSAN_ANNOTATE_ACQUIRE() __tsan_acquire(&::handoff::moodycamel_detail::fences)
#endif
#include <readerwriterqueue/readerwritercircularbuffer.h>
#include <readerwriterqueue/readerwriterqueue.h>
