// Stops a thread in the middle of what it does, again and again, and sees how the others get on meanwhile.
//
// All of it runs on the thread that is stopped, in the handler of a signal: no further thread takes a CPU
// from those that are watched. A stop that comes while the thread is in no call is the control: the same
// threads have the same CPUs, and no call is under way that could hold them up.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/latency.hpp"
#include "harness/machine/clock.hpp"
#include "harness/machine/interrupt.hpp"
#include "harness/window.hpp"
#include "support/cache_line.hpp"

namespace handoff {

enum class queue_end : unsigned { push, pop };
inline constexpr std::array<queue_end, 2> both_ends = {queue_end::push, queue_end::pop};

template <class T>
class by_end {
public:
    T& operator[](queue_end end) { return of_[static_cast<std::size_t>(end)]; }
    const T& operator[](queue_end end) const { return of_[static_cast<std::size_t>(end)]; }

private:
    std::array<T, 2> of_{};
};

struct stall_setting {
    by_end<unsigned> threads;  // at each end
    std::uint64_t room;        // items that the queue holds; of an unbounded one, that it is to hold
    bool is_bounded;
    bool shares_cpus;  // whether there are more threads than CPUs
    std::chrono::nanoseconds stop;
    std::uint64_t seed;
};

// Looks at the others in each stop.
inline constexpr unsigned looks_per_stop = 20;
// Threads are held up by a stop if none of them succeeds for so much of it. Not for the whole: what was under
// way when it began may still end, and a bounded queue has some places left.
inline constexpr double held_up_for = 0.8;

// Operations of the others, and how long that was watched.
struct rate_seen {
    std::uint64_t operations = 0;
    ticks time = 0;

    double per_second() const {
        return time == 0 ? 0.0 : static_cast<double>(operations) / harness_clock::seconds(time);
    }
};

// What stops of one kind did to the others.
struct stops_seen {
    std::uint64_t stops = 0;
    by_end<std::uint64_t> held_up;      // of these, those that held up the calls of an end
    std::uint64_t harmful = 0;          // those that held up any
    std::uint64_t threads_held_up = 0;  // summed over the stops
    rate_seen meanwhile;
    rate_seen before;             // from the end of the stop before
    latency_recorder standstill;  // of each, the longest time in which no call of one end succeeded

    stops_seen& operator+=(const stops_seen& other);
};

struct stalls_seen {
    by_end<stops_seen> inside;        // stopped in a push, in a pop
    stops_seen outside;               // stopped in no call
    std::uint64_t missed = 0;         // in no call, and not stopped: there were enough of those
    std::uint64_t without_cause = 0;  // inside a call, but the others had nothing to do: full, or empty
    latency_recorder recovery;  // from the end of a stop inside a call until all threads have succeeded again
};

class stall_watch {
public:
    explicit stall_watch(const stall_setting& setting);

    // A thread's own part. The first one of each end is stopped now and then.
    class place;
    // By each thread itself, before its first call.
    void enter(unsigned thread, const window& w);

    place& of(unsigned thread);
    // By a thread of an end, now and then: as long as no thread is stopped it waits for the other end, where
    // the queue has become nearly full, or nearly empty. In a stop it waits only where an unbounded queue has
    // become very large.
    void give_way(queue_end end, std::uint64_t calls) const;

    // When all threads have ended.
    const stalls_seen& seen() const { return seen_; }

private:
    struct observation;

    void interrupted(place& self);
    void stop(place& self, bool inside);
    void look(observation& at, ticks now);
    void judge(const observation& at);
    bool has_cause(const place& stopped, queue_end end, std::uint64_t held) const;
    void release(bool inside);
    void note_recovery(ticks until);
    void schedule(std::chrono::nanoseconds delay);
    std::chrono::nanoseconds random_below(std::chrono::nanoseconds limit);
    std::uint64_t random();
    // relaxed: it is there before the first thread is stopped, and the phase carries no data.
    phase phase_now() const { return window_.load(std::memory_order_relaxed)->now(); }
    bool is_over() const { return phase_now() >= phase::drain; }
    std::uint64_t total(queue_end end) const;
    // About how many items are in the queue, by the calls that have ended.
    std::uint64_t held() const;
    unsigned first(queue_end end) const {
        return end == queue_end::push ? 0 : setting_.threads[queue_end::push];
    }

    const stall_setting setting_;
    std::vector<place> places_;
    std::atomic<unsigned> ready_{0};
    std::atomic<std::uint32_t> releases_{0};
    std::atomic<bool> is_stopped_{false};  // a hint to the others
    // One timer is set at a time, so that one handler runs at a time. What follows is the handlers'; each
    // hands it on to the next by this one.
    std::atomic<unsigned> turn_{0};
    std::atomic<const window*> window_{nullptr};
    std::uint64_t random_state_;
    stalls_seen seen_;
    ticks released_ = 0;
    bool recovers_ = false;  // from a stop inside a call
    std::vector<std::uint64_t> at_release_;
    // Of each thread, in the stop that is under way.
    struct progress_seen {
        std::uint64_t successes;
        ticks moved;  // when it was last seen to have got on
        ticks still;  // the longest time in which it had not
    };
    std::vector<progress_seen> last_;
};

// The thread writes to it after each success, so that others are not on the same line.
class alignas(no_false_sharing) stall_watch::place final : public interruption {
public:
    // relaxed, all of them: counts, and stamps that are read once all is over.
    [[gnu::always_inline]] void succeeded() {
        successes_.store(++own_, std::memory_order_relaxed);
        const std::uint32_t releases = watch_->releases_.load(std::memory_order_relaxed);
        if (releases != seen_releases_) [[unlikely]]
            note_release(releases);
    }
    std::uint64_t successes() const { return successes_.load(std::memory_order_relaxed); }

    void happens() override { watch_->interrupted(*this); }

private:
    friend class stall_watch;
    void note_release(std::uint32_t releases);

    stall_watch* watch_ = nullptr;
    std::optional<interruptible> timer_;  // of the first one of each end
    queue_end end_ = queue_end::push;
    std::uint64_t own_ = 0;
    std::uint32_t seen_releases_ = 0;
    std::atomic<std::uint64_t> successes_{0};
    std::atomic<std::uint32_t> recovered_from_{0};  // the release after which it has succeeded
    std::atomic<ticks> recovered_{0};               // and when
};

inline stall_watch::place& stall_watch::of(unsigned thread) {
    return places_[thread];
}

}  // namespace handoff
