// moodycamel's concurrent queues, with and without a semaphore, from where the release at hand has them:
// since 1.0.4 Debian installs them as upstream does, one folder further down.
#pragma once

#if __has_include(<concurrentqueue/moodycamel/blockingconcurrentqueue.h>)
#include <concurrentqueue/moodycamel/blockingconcurrentqueue.h>
#else
#include <concurrentqueue/blockingconcurrentqueue.h>
#endif
