// Calls of a library whose synchronization ThreadSanitizer cannot see: it orders by assembly, or was
// compiled without ThreadSanitizer. An object of these types lives as long as the call. ThreadSanitizer
// then does not look at what the call reads and writes, and is told that the pops of a queue happen after
// its pushes, which is coarser than item by item. So what it finds no fault with is the use of the
// library, not the library.
//
// In all other builds these types do nothing.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define HANDOFF_TELL_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HANDOFF_TELL_THREAD_SANITIZER
#endif
#endif

#if defined(HANDOFF_TELL_THREAD_SANITIZER)
#include <sanitizer/tsan_interface.h>
// Of ThreadSanitizer's run-time library, which declares them in no header.
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);
extern "C" void AnnotateIgnoreWritesBegin(const char* file, int line);
extern "C" void AnnotateIgnoreWritesEnd(const char* file, int line);
#endif

namespace handoff {

#if defined(HANDOFF_TELL_THREAD_SANITIZER)

class opaque_call {
public:
    opaque_call() {
        AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
        AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
    }
    opaque_call(const opaque_call&) = delete;
    opaque_call& operator=(const opaque_call&) = delete;
    ~opaque_call() {
        AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
        AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
    }
};

class opaque_push {
public:
    explicit opaque_push(void* queue) { __tsan_release(queue); }

private:
    opaque_call call_;
};

class opaque_pop {
public:
    explicit opaque_pop(void* queue) : queue_(queue) {}
    opaque_pop(const opaque_pop&) = delete;
    opaque_pop& operator=(const opaque_pop&) = delete;
    ~opaque_pop() { __tsan_acquire(queue_); }

private:
    void* const queue_;
    opaque_call call_;
};

#else

struct [[maybe_unused]] opaque_call {};
struct [[maybe_unused]] opaque_push {
    explicit opaque_push(void*) {}
};
struct [[maybe_unused]] opaque_pop {
    explicit opaque_pop(void*) {}
};

#endif

}  // namespace handoff
