// A reader-writer lock with room for one reader.
#pragma once

#include "locks/ttas_lock.hpp"

namespace handoff::conformance {

class lone_reader_lock : public handoff::ttas_lock {
public:
    using handle = direct_lock_handle<lone_reader_lock>;
    static constexpr lock_spec spec{
        .name = "lone_reader_lock", .cite = "control", .unlock = progress::wait_free, .fair = fairness::none};

    void lock_shared() { lock(); }
    void unlock_shared() { unlock(); }
};

}  // namespace handoff::conformance
