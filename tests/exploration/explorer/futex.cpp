#include "futex.hpp"

#include <algorithm>

#include "arena.hpp"

namespace handoff::exploration {

void futex_wait(atomic<std::uint32_t>& word, std::uint32_t value, std::optional<std::int64_t> timeout_ns) {
    const arena::outside guard;
    running().step({}, "futex wait");
    if (running().latest(&word) != value) return;
    auto& me = running().futex_sleepers()[running().current()];
    me = {.word = &word, .is_woken = false};
    const bool may_time_out = timeout_ns.has_value();
    const auto can_run = [&me, may_time_out] { return me.is_woken || may_time_out; };
    running().wait("a futex", can_run, true);
    me.word = nullptr;
}

void futex_wake(atomic<std::uint32_t>& word, int how_many) {
    const arena::outside guard;
    running().step({}, "futex wake");
    auto& sleepers = running().futex_sleepers();
    const auto sleeps = [&word](const auto& s) { return s.word == &word && !s.is_woken; };
    for (; how_many > 0; --how_many) {
        const auto count = static_cast<unsigned>(std::count_if(sleepers.begin(), sleepers.end(), sleeps));
        if (count == 0) return;
        unsigned chosen = running().choose(count);
        auto woken = std::find_if(sleepers.begin(), sleepers.end(), sleeps);
        while (chosen-- > 0) woken = std::find_if(woken + 1, sleepers.end(), sleeps);
        woken->is_woken = true;
    }
}

}  // namespace handoff::exploration
