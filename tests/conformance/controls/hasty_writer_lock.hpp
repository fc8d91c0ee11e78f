// A reader-writer lock whose writers do not look for readers.
#pragma once

#include "locks/ttas_lock.hpp"

namespace handoff::conformance {

class hasty_writer_lock : public handoff::ttas_lock {
public:
    using handle = direct_lock_handle<hasty_writer_lock>;
    static constexpr lock_spec spec{.name = "hasty_writer_lock",
                                    .cite = "control",
                                    .unlock = progress::wait_free,
                                    .fair = fairness::none};

    void lock_shared() {}
    void unlock_shared() {}
};

}  // namespace handoff::conformance
