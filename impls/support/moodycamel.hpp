// moodycamel's concurrent queues, with and without a semaphore, from where the release at hand has them:
// since 1.0.4 Debian installs them as upstream does, one folder further down.
#pragma once

#if __has_include(<concurrentqueue/moodycamel/blockingconcurrentqueue.h>)
#include <concurrentqueue/moodycamel/blockingconcurrentqueue.h>
#else
#include <concurrentqueue/blockingconcurrentqueue.h>
#endif

#include <cstddef>
#include <iterator>

// g++ 12 takes the first of the blocks that a bulk has allocated for a null pointer, which it is only where a
// loop of the library has run no times; it never does there.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#endif

namespace handoff {

// All of the items go in, or none because memory has run out. `token`: the producer's, if it has one.
template <class Queue, class T, class... Token>
std::size_t enqueue_all(Queue& queue, T* items, std::size_t count, const Token&... token) {
    return count > 0 && queue.enqueue_bulk(token..., std::make_move_iterator(items), count) ? count : 0;
}

}  // namespace handoff

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
