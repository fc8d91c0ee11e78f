#include "stall_watch.hpp"

#include <time.h>

#include <algorithm>

#include "support/pause.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

// After an interruption that came in no call.
constexpr std::chrono::nanoseconds until_next_try = 200us;
// In a stop, with more threads than CPUs: some 10 us of them.
constexpr std::uint64_t calls_in_turn = 256;
// What an unbounded queue is let hold while its consumers are held up.
constexpr std::uint64_t most_unbounded = 65536;

void sleep_for(ticks interval) {
    const auto ns = static_cast<long>(harness_clock::ns(interval));
    const timespec pause{ns / 1'000'000'000, ns % 1'000'000'000};
    nanosleep(&pause, nullptr);
}

}  // namespace

stops_seen& stops_seen::operator+=(const stops_seen& other) {
    stops += other.stops;
    for (const queue_end end : both_ends) held_up[end] += other.held_up[end];
    harmful += other.harmful;
    threads_held_up += other.threads_held_up;
    meanwhile.operations += other.meanwhile.operations;
    meanwhile.time += other.meanwhile.time;
    before.operations += other.before.operations;
    before.time += other.before.time;
    standstill += other.standstill;
    return *this;
}

// One stop.
struct stall_watch::observation {
    const place* self;
    bool inside;
    std::uint64_t held;  // items when it began
    rate_seen before;
    ticks begun;
    ticks ended = 0;
    by_end<ticks> moved{};         // when one of the others at this end was last seen to have got on
    by_end<ticks> still{};         // the longest time in which none had
    by_end<std::uint64_t> done{};  // by the others
};

stall_watch::stall_watch(const stall_setting& setting)
    : setting_(setting),
      places_(setting.threads[queue_end::push] + setting.threads[queue_end::pop]),
      // Odd, so that no seed becomes 0, of which nothing random comes, and neighbours are far apart.
      random_state_((2 * setting.seed + 1) * 0x9E3779B97F4A7C15),
      at_release_(places_.size()),
      last_(places_.size()) {
    for (unsigned i = 0; i < places_.size(); ++i) {
        places_[i].watch_ = this;
        places_[i].end_ = i < first(queue_end::pop) ? queue_end::push : queue_end::pop;
    }
}

void stall_watch::enter(unsigned thread, const window& w) {
    place& self = places_[thread];
    window_.store(&w, std::memory_order_relaxed);  // the same, by all
    if (thread != first(self.end_)) return;
    self.timer_.emplace(self);
    // acquire, release: the second one sees what the first one has made, and begins.
    if (ready_.fetch_add(1, std::memory_order_acq_rel) != 1) return;
    release(false);
    schedule(until_next_try);
}

std::uint64_t stall_watch::total(queue_end end) const {
    std::uint64_t sum = 0;
    for (const place& one : places_)
        if (one.end_ == end) sum += one.successes();
    return sum;
}

std::uint64_t stall_watch::held() const {
    const std::uint64_t popped =
        total(queue_end::pop);  // first, so that it is not more than what is seen pushed
    const std::uint64_t pushed = total(queue_end::push);
    return pushed - std::min(pushed, popped);
}

void stall_watch::give_way(queue_end end, std::uint64_t calls) const {
    // relaxed: a hint.
    const auto is_stopped = [this] { return is_stopped_.load(std::memory_order_relaxed); };
    const auto has_to = [&] {
        const std::uint64_t now = held();
        if (is_stopped()) return end == queue_end::push && !setting_.is_bounded && now >= most_unbounded;
        return end == queue_end::push ? now > setting_.room - setting_.room / 4 : now < setting_.room / 4;
    };
    // A thread that never has to wait would keep the one that shares its CPU from going on for a whole time
    // slice.
    if (setting_.shares_cpus && calls % calls_in_turn == 0 && is_stopped()) yield();
    while (has_to() && !is_over()) setting_.shares_cpus ? yield() : pause();
}

// Marsaglia, Xorshift RNGs, 2003: a handler may use no library's that takes a lock.
std::uint64_t stall_watch::random() {
    random_state_ ^= random_state_ << 13;
    random_state_ ^= random_state_ >> 7;
    random_state_ ^= random_state_ << 17;
    return random_state_;
}

std::chrono::nanoseconds stall_watch::random_below(std::chrono::nanoseconds limit) {
    return std::chrono::nanoseconds(random() % static_cast<std::uint64_t>(limit.count()));
}

void stall_watch::schedule(std::chrono::nanoseconds delay) {
    const queue_end next = both_ends[random() >> 32 & 1];
    // (1) release: pairs with (2).
    turn_.fetch_add(1, std::memory_order_release);
    places_[first(next)].timer_->interrupt_after(delay);
}

void stall_watch::interrupted(place& self) {
    // (2) acquire: pairs with (1); what the handler before has written.
    turn_.load(std::memory_order_acquire);
    if (is_over()) return;
    const bool inside = call_mark::is_inside();
    const std::uint64_t stopped_inside =
        seen_.inside[queue_end::push].stops + seen_.inside[queue_end::pop].stops;
    if (phase_now() == phase::ramp) return schedule(until_next_try);
    if (!inside && seen_.outside.stops > stopped_inside) {
        ++seen_.missed;
        return schedule(random_below(until_next_try));
    }
    stop(self, inside);
    schedule(setting_.stop / 2 + random_below(setting_.stop));
}

void stall_watch::stop(place& self, bool inside) {
    is_stopped_.store(true, std::memory_order_relaxed);
    observation at{
        .self = &self, .inside = inside, .held = held(), .before = {}, .begun = harness_clock::now()};
    if (recovers_) note_recovery(at.begun);
    at.before.time = at.begun - released_;
    at.moved[queue_end::push] = at.moved[queue_end::pop] = at.begun;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        last_[i] = {places_[i].successes(), at.begun, 0};
        if (&places_[i] != &self) at.before.operations += last_[i].successes - at_release_[i];
    }
    const ticks length = harness_clock::from_ns(static_cast<double>(setting_.stop.count()));
    for (ticks now = at.begun; now - at.begun < length && !is_over();) {
        sleep_for(std::min(length / looks_per_stop, length - (now - at.begun)));
        now = harness_clock::now();
        look(at, now);
    }
    // Once they drain, some of the others have left.
    if (!is_over()) judge(at);
    release(inside);
}

void stall_watch::look(observation& at, ticks now) {
    by_end<bool> moves{};
    for (std::size_t i = 0; i < places_.size(); ++i) {
        progress_seen& known = last_[i];
        const std::uint64_t successes = places_[i].successes();
        if (&places_[i] == at.self) continue;
        if (successes == known.successes) {
            known.still = std::max(known.still, now - known.moved);
            continue;
        }
        moves[places_[i].end_] = true;
        at.done[places_[i].end_] += successes - known.successes;
        known.successes = successes;
        known.moved = now;
    }
    for (const queue_end end : both_ends) {
        if (moves[end])
            at.moved[end] = now;
        else
            at.still[end] = std::max(at.still[end], now - at.moved[end]);
    }
    at.ended = now;
}

// Whether others at an end have a call that could succeed, when about so many items are in the queue. Of each
// thread a call may be under way: an item, or a place, that is not counted.
bool stall_watch::has_cause(const place& stopped, queue_end end, std::uint64_t held) const {
    if (setting_.threads[end] == (end == stopped.end_ ? 1 : 0)) return false;
    if (end == queue_end::pop) return held > places_.size();
    return held + places_.size() < (setting_.is_bounded ? setting_.room : most_unbounded);
}

void stall_watch::judge(const observation& at) {
    if (!has_cause(*at.self, queue_end::push, at.held) && !has_cause(*at.self, queue_end::pop, at.held)) {
        seen_.without_cause += at.inside ? 1 : 0;
        return;
    }
    stops_seen& of = at.inside ? seen_.inside[at.self->end_] : seen_.outside;
    const ticks length = at.ended - at.begun;
    const auto whole = static_cast<ticks>(held_up_for * static_cast<double>(length));
    const std::uint64_t left = held();
    ticks standstill = 0;
    for (const queue_end end : both_ends) {
        // Whoever has filled or emptied the queue is not held up.
        if (!has_cause(*at.self, end, left)) continue;
        standstill = std::max(standstill, at.still[end]);
        if (at.still[end] >= whole) ++of.held_up[end];
    }
    ++of.stops;
    of.standstill.record(standstill);
    of.before.operations += at.before.operations;
    of.before.time += at.before.time;
    of.meanwhile.operations += at.done[queue_end::push] + at.done[queue_end::pop];
    of.meanwhile.time += length;
    if (standstill < whole) return;
    ++of.harmful;
    for (std::size_t i = 0; i < places_.size(); ++i)
        of.threads_held_up += &places_[i] != at.self && last_[i].still >= whole ? 1 : 0;
}

void stall_watch::release(bool inside) {
    is_stopped_.store(false, std::memory_order_relaxed);
    for (std::size_t i = 0; i < places_.size(); ++i) at_release_[i] = places_[i].successes();
    recovers_ = inside;
    released_ = harness_clock::now();
    // relaxed: the threads that see it note their own time, and read nothing else.
    releases_.fetch_add(1, std::memory_order_relaxed);
}

void stall_watch::note_recovery(ticks until) {
    const std::uint32_t release = releases_.load(std::memory_order_relaxed);
    ticks last = released_;
    for (const place& one : places_) {
        // (3) acquire: pairs with (4).
        const bool has = one.recovered_from_.load(std::memory_order_acquire) == release;
        last = std::max(last, has ? one.recovered_.load(std::memory_order_relaxed) : until);
    }
    seen_.recovery.record(last - released_);
    recovers_ = false;
}

void stall_watch::place::note_release(std::uint32_t releases) {
    seen_releases_ = releases;
    recovered_.store(harness_clock::now(), std::memory_order_relaxed);
    // (4) release: pairs with (3); the time is there.
    recovered_from_.store(releases, std::memory_order_release);
}

}  // namespace handoff
