// Waiting by permits, for what counts wake-ups by itself: a semaphore, a pipe. Each notification leaves a
// permit, and who waits takes one before it tries, so that there are never more permits than things to take.
#pragma once

#include "pause.hpp"

namespace handoff {

// `take_permit` waits for one.
template <class TakePermit, class Attempt>
void until_permitted(TakePermit take_permit, Attempt& attempt) {
    take_permit();
    // The permit says that there is something to take. An attempt may fail all the same because of another
    // one that is under way.
    while (!attempt()) yield();
}

}  // namespace handoff
