// The reader-writer lock of reader_slots_lock.hpp with 16 slots.
#pragma once

#include "../lock.hpp"
#include "reader_slots_lock.hpp"

namespace handoff {

// As many slots as sharded_counter.hpp has shards, and for the same reason.
class slotted_shared_lock : public reader_slots_lock<16> {
public:
    static constexpr lock_spec spec{
        .name = "slotted_shared_lock",
        .cite = "brlock, Linux 2.4; Hsieh, Weihl, IPPS 1992",
        .unlock = progress::wait_free,
        .fair = fairness::none,
        .tries = try_failure::in_flight,
    };
};

}  // namespace handoff
