#include "eventcount.hpp"

#include <algorithm>

#include "support/futex.hpp"
#include "support/mutation.hpp"

namespace handoff {

void eventcount::sleep(std::uint32_t announced, std::optional<std::int64_t> timeout_ns) {
    // Returns at once if the epoch has moved since the announcement.
    const std::uint32_t awaited =
        HANDOFF_MUTATION(awaits_a_larger_epoch, announced, std::min(announced, epoch_.load()));
    futex_wait(epoch_, HANDOFF_MUTATION(sleeps_on_any_epoch, awaited, epoch_.load()), timeout_ns);
}

void eventcount::wake(int how_many) {
    HANDOFF_INSERTED(wakes_too_early, futex_wake(epoch_, how_many));
    HANDOFF_MUTATION(epoch_stays, epoch_.fetch_add(1), epoch_.load());
    HANDOFF_OMITTED(wakes_too_early, futex_wake(epoch_, how_many));
}

}  // namespace handoff
