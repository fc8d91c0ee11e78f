#include "random_history.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace handoff::linearizability::testing {
namespace {

std::uint64_t seed_from_environment() {
    const char* const text = std::getenv("HANDOFF_SEED");
    if (text == nullptr) return std::random_device{}();
    const std::string_view digits(text);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size())
        throw std::invalid_argument("HANDOFF_SEED is \"" + std::string(digits) +
                                    "\", but must be a whole number");
    return value;
}

// Carries out calls at growing instants, each by a random thread, then stretches them.
history stretched(random_source& random, const recipe& how,
                  const std::function<operation(std::uint16_t thread)>& carry_out) {
    history calls;
    stamp now = how.stretch;
    for (std::size_t i = 0; i < how.calls; ++i) {
        now += 1 + below(random, 3);
        const auto thread = static_cast<std::uint16_t>(below(random, how.threads));
        operation o = carry_out(thread);
        o.thread = thread;
        o.invoked = o.responded = now;
        calls.push_back(o);
    }
    std::vector<stamp> free_from(how.threads, 0);  // per thread
    std::vector<stamp> next_instant(how.threads, now + how.stretch + 1);
    for (std::size_t i = calls.size(); i-- > 0;) {
        operation& o = calls[i];
        stamp& next = next_instant[o.thread];
        const stamp instant = o.responded;
        o.responded += below(random, std::min(how.stretch, next - instant - 1) + 1);
        next = instant;
    }
    for (operation& o : calls) {
        stamp& from = free_from[o.thread];
        o.invoked -= below(random, std::min(how.stretch, o.invoked - from) + 1);
        from = o.responded + 1;
    }
    return calls;
}

// What a queue holds while a legal history is made, and which item may leave next.
class simulated_queue {
public:
    simulated_queue(random_source& random, const recipe& how) : random_(random), how_(how) {}

    operation carry_out(std::uint16_t thread) {
        const bool fails = below(random_, 100) < how_.spurious_percent;
        if (below(random_, 100) < how_.push_percent) return push(thread, fails);
        return pop(fails);
    }

    operation push(std::uint16_t thread, bool fails = false) {
        const std::uint64_t value = ++last_value_;
        if (fails || how_.queue.capacity == held_.size())
            return {.value = value, .what = call::push, .result = outcome::full};
        held_.push_back({value, thread});
        return {.value = value, .what = call::push};
    }

    operation pop(bool fails = false) {
        if (fails || held_.empty()) return {.what = call::pop, .result = outcome::empty};
        const auto leaving = held_.begin() + static_cast<std::ptrdiff_t>(leaving_place());
        const std::uint64_t value = leaving->value;
        held_.erase(leaving);
        return {.value = value, .what = call::pop};
    }

private:
    struct entry {
        std::uint64_t value;
        std::uint16_t thread;
    };

    std::size_t leaving_place() {
        const std::size_t any = below(random_, held_.size());
        switch (how_.queue.delivery) {
            case order::fifo:
                return 0;
            case order::lifo:
                return held_.size() - 1;
            case order::k_relaxed:
                return std::min(any, how_.queue.most_overtaken);
            case order::per_producer_fifo:
                for (std::size_t i = 0; i < any; ++i) {
                    if (held_[i].thread == held_[any].thread) return i;
                }
                return any;
            case order::unordered:
                break;
        }
        return any;
    }

    random_source& random_;
    const recipe& how_;
    std::vector<entry> held_;
    std::uint64_t last_value_ = 0;
};

// Moves the calls behind the time, puts those of each thread together, and says when the last one ends.
stamp put_behind(stamp time, history& calls) {
    stamp end = time;
    for (operation& o : calls) {
        o.invoked += time + 1;
        o.responded += time + 1;
        end = std::max(end, o.responded);
    }
    std::stable_sort(calls.begin(), calls.end(),
                     [](const operation& a, const operation& b) { return a.thread < b.thread; });
    return end;
}

operation& any_of(random_source& random, history& calls) {
    return calls[below(random, calls.size())];
}

// A new interval between the neighbours of the call in its thread.
void move_interval(random_source& random, history& calls) {
    operation& moved = any_of(random, calls);
    stamp from = 0;
    stamp to = moved.responded + 4;
    for (const operation& o : calls) {
        if (o.thread != moved.thread || &o == &moved) continue;
        if (precedes(o, moved)) from = std::max(from, o.responded + 1);
        if (precedes(moved, o)) to = std::min(to, o.invoked - 1);
    }
    from = std::max(from, moved.invoked - std::min<stamp>(moved.invoked, 6));
    moved.invoked = from + below(random, to - from + 1);
    moved.responded = moved.invoked + below(random, to - moved.invoked + 1);
}

void change_result(random_source& random, history& calls) {
    operation& changed = any_of(random, calls);
    if (changed.what == call::push) {
        changed.result = changed.succeeded() ? outcome::full : outcome::success;
    } else if (changed.succeeded()) {
        changed.result = outcome::empty;
    } else {
        changed.result = outcome::success;
        changed.value = 1 + below(random, calls.size());
    }
}

void swap_values(random_source& random, history& calls) {
    operation& a = any_of(random, calls);
    operation& b = any_of(random, calls);
    if (a.what == b.what) std::swap(a.value, b.value);
}

}  // namespace

std::uint64_t test_seed() {
    static const std::uint64_t seed = [] {
        const std::uint64_t value = seed_from_environment();
        std::printf("seed: HANDOFF_SEED=%llu\n", static_cast<unsigned long long>(value));
        return value;
    }();
    return seed;
}

std::uint64_t below(random_source& random, std::uint64_t bound) {
    return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(random);
}

history legal_queue_history(random_source& random, const recipe& how) {
    simulated_queue queue(random, how);
    return stretched(random, how, [&](std::uint16_t thread) { return queue.carry_out(thread); });
}

history legal_counter_history(random_source& random, const recipe& how) {
    std::uint64_t count = 0;
    return stretched(random, how, [&](std::uint16_t) {
        if (below(random, 100) >= how.push_percent) return operation{.value = count, .what = call::read};
        ++count;
        return operation{.value = 1, .what = call::add};
    });
}

burst_record legal_queue_burst(random_source& random, const recipe& how) {
    simulated_queue queue(random, how);
    burst_record burst;
    stamp now = 0;
    const auto made_alone = [&now](operation o) {
        o.thread = alone;
        o.invoked = o.responded = ++now;
        return o;
    };
    for (std::uint64_t i = below(random, how.queue.capacity.value_or(2) + 2); i > 0; --i) {
        burst.before.push_back(made_alone(queue.push(alone)));
    }
    burst.during = stretched(random, how, [&](std::uint16_t thread) { return queue.carry_out(thread); });
    now = put_behind(now, burst.during);
    do {
        burst.after.push_back(made_alone(queue.pop()));
    } while (burst.after.back().succeeded());
    return burst;
}

burst_record legal_counter_burst(random_source& random, const recipe& how) {
    burst_record burst;
    burst.during = legal_counter_history(random, how);
    const auto added = std::count_if(burst.during.begin(), burst.during.end(),
                                     [](const operation& o) { return o.what == call::add; });
    const stamp end = put_behind(0, burst.during) + 1;
    burst.after = {{end, end, static_cast<std::uint64_t>(added), alone, call::read, outcome::success}};
    return burst;
}

void change_queue_history(random_source& random, history& calls) {
    switch (below(random, 4)) {
        case 0:
            return change_result(random, calls);
        case 1:
            return swap_values(random, calls);
        default:
            return move_interval(random, calls);
    }
}

void change_queue_burst(random_source& random, burst_record& burst) {
    history calls = burst.all();
    const operation last = calls.back();
    calls.pop_back();
    if (!calls.empty()) change_queue_history(random, calls);
    calls.push_back(last);
    auto next = calls.begin();
    for (history* const part : {&burst.before, &burst.during, &burst.after}) {
        std::copy_n(next, part->size(), part->begin());
        next += static_cast<std::ptrdiff_t>(part->size());
    }
}

void change_counter_history(random_source& random, history& calls) {
    operation& o = any_of(random, calls);
    if (o.what == call::read && below(random, 2) == 0) {
        o.value = below(random, 2) == 0 ? o.value + 1 : o.value - std::min<std::uint64_t>(o.value, 1);
    } else {
        move_interval(random, calls);
    }
}

}  // namespace handoff::linearizability::testing
