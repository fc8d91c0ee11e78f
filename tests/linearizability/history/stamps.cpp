#include "history/stamps.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "harness/machine/clock.hpp"
#include "harness/machine/team.hpp"
#include "support/pause.hpp"

namespace handoff::linearizability {
namespace {

constexpr unsigned hand_overs = 4'000;  // between each two CPUs
constexpr unsigned pauses_before_yield = 10'000;

// Two threads hand a stamp to and fro: each takes its own after it has seen the other's.
class stamp_ping_pong {
public:
    explicit stamp_ping_pong(stamp skew_of_second) : skew_of_second_(skew_of_second) {}

    void play(bool first) {
        const stamp skew = first ? 0 : skew_of_second_;
        for (unsigned turn = first ? 0 : 1; turn < hand_overs; turn += 2) {
            await(turn);
            const stamp earlier = stamp_;
            const stamp after = invocation_stamp() + skew;
            if (turn > 0) note(earlier, after);
            stamp_ = response_stamp() + skew;
            turn_.store(turn + 1, std::memory_order_release);
        }
    }

    const hand_over_check& seen() const { return seen_; }

private:
    void await(unsigned turn) const {
        for (unsigned tries = 0; turn_.load(std::memory_order_acquire) != turn; ++tries) {
            tries < pauses_before_yield ? pause() : std::this_thread::yield();
        }
#if defined(__x86_64__)
        __builtin_ia32_lfence();  // the stamp is not taken before the turn was seen
#endif
    }

    void note(stamp earlier, stamp after) {
        if (after < earlier) {
            ++seen_.backwards;
        } else {
            seen_.smallest = std::min(seen_.smallest, after - earlier);
        }
    }

    const stamp skew_of_second_;
    std::atomic<unsigned> turn_{0};
    // Written by whose turn it is.
    stamp stamp_ = 0;
    hand_over_check seen_;
};

}  // namespace

hand_over_check check_hand_overs(int cpu_a, int cpu_b, stamp skew_of_b) {
    stamp_ping_pong game(skew_of_b);
    run_team({cpu_a, cpu_b}, [&](unsigned self) { game.play(self == 0); });
    return game.seen();
}

stamp_check check_stamps(const std::vector<int>& cpus) {
    harness_clock::calibrate();
    if (!harness_clock::uses_tsc()) return {.why = "this machine has no invariant time stamp counter"};
    const std::set<int> distinct(cpus.begin(), cpus.end());
    stamp smallest = never;
    for (auto a = distinct.begin(); a != distinct.end(); ++a) {
        for (auto b = std::next(a); b != distinct.end(); ++b) {
            const hand_over_check seen = check_hand_overs(*a, *b);
            if (seen.backwards > 0)
                return {.why = "the time stamp counters of CPUs " + std::to_string(*a) + " and " +
                               std::to_string(*b) + " disagree: " + std::to_string(seen.backwards) + " of " +
                               std::to_string(hand_overs) + " hand-overs went back in time"};
            smallest = std::min(smallest, seen.smallest);
        }
    }
    return {.trusted = true,
            .why = "invariant time stamp counter, in order over " + std::to_string(distinct.size()) + " CPUs",
            .smallest_hand_over = distinct.size() > 1 ? smallest : 0};
}

}  // namespace handoff::linearizability
