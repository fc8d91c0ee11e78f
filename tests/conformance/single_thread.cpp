#include <gtest/gtest.h>

#include <string>

#include "contents.hpp"
#include "requested.hpp"
#include "session.hpp"
#include "support/payload.hpp"
#include "tests.hpp"
#include "threads.hpp"

namespace handoff::conformance {
namespace {

// 3, 7 and 1000 are no powers of two; 1 to 4 are where rings go wrong.
constexpr std::size_t small_capacities[] = {1, 2, 3, 4, 7, 64, 1000};

void expect_empty(any_consumer<number>& consumer) {
    number value = mark;
    EXPECT_FALSE(consumer.try_pop(value)) << "popped " << value << " from an empty queue";
    EXPECT_EQ(value, mark) << "a try_pop that failed changed its argument";
}

// Pushes until a push fails, but no more than `limit` times; returns how many succeeded.
std::size_t fill(any_producer<number>& producer, std::size_t limit) {
    std::size_t pushed = 0;
    while (pushed < limit && producer.try_push(number{pushed})) ++pushed;
    return pushed;
}

std::size_t drain(any_consumer<number>& consumer, std::size_t limit) {
    std::size_t popped = 0;
    for (number value; popped < limit && consumer.try_pop(value);) ++popped;
    return popped;
}

// One random burst of pushes, then one of pops, each checked against `held`. A burst of up to `room` + 1
// tries reaches every fill level, full and empty included. Returns false after the first fault.
bool burst(any_producer<number>& producer, any_consumer<number>& consumer, contents& held, number& next,
           std::size_t room, bool bounded) {
    for (std::size_t n = random_below(room + 2); n > 0; --n) {
        const bool fits = !bounded || held.size() < room;
        number value = next;
        if (producer.try_push(std::move(value)) != fits) {
            ADD_FAILURE() << "try_push " << (fits ? "failed" : "succeeded") << " with " << held.size()
                          << " of " << room << " items held, after " << next << " pushes";
            return false;
        }
        if (fits) held.push(next++);
    }
    for (std::size_t n = random_below(room + 2); n > 0; --n) {
        number value = mark;
        if (consumer.try_pop(value) == held.empty()) {
            ADD_FAILURE() << "try_pop " << (held.empty() ? "succeeded" : "failed") << " with " << held.size()
                          << " items held, after " << next << " pushes";
            return false;
        }
        if (!held.empty() && !held.pop(value)) {
            ADD_FAILURE() << held.why() << ", after " << next << " pushes";
            return false;
        }
    }
    return true;
}

template <class T>
void expect_full_push_leaves(maker<T> make_queue, std::size_t requested) {
    const auto queue = make_queue(requested);
    const auto producer = queue->producer();
    for (std::size_t i = 0; i < queue->capacity(); ++i) ASSERT_TRUE(producer->try_push(make<T>(i)));
    T value = make<T>(mark);
    for (int attempt = 0; attempt < 3; ++attempt) {
        ASSERT_FALSE(producer->try_push(std::move(value))) << "a full queue took an item";
        ASSERT_EQ(value_of(value), mark) << "a try_push that failed changed its argument";
    }
}

}  // namespace

void spec_is_sound(const queue_under_test& subject) {
    const queue_spec& spec = *subject.spec;
    EXPECT_EQ(spec.name, subject.registered_name) << "the spec's name is not the registered one";
    EXPECT_FALSE(spec.cite.empty()) << "the spec cites neither paper nor project";
    EXPECT_EQ(subject.bounded(), subject.has_capacity) << "bounded means: it has capacity()";
    EXPECT_GE(spec.max_capacity, 64U) << "smaller queues cannot be tested";
    EXPECT_GE(spec.payload_bits, 40U) << "smaller items cannot be tested";
    EXPECT_LE(spec.payload_bits, 64U) << "an item has 64 bits";
}

void new_queue_is_empty(const queue_under_test& subject) {
    for (const std::size_t requested : small_capacities) {
        const doing what(requested_text(requested));
        const auto queue = subject.numbers(requested);
        const auto consumer = queue->consumer();
        expect_empty(*consumer);
        expect_empty(*consumer);
    }
}

void capacity_is_honoured(const queue_under_test& subject) {
    for (const std::size_t requested : small_capacities) {
        const doing what(requested_text(requested));
        const auto queue = subject.numbers(requested);
        const std::size_t capacity = queue->capacity();
        ASSERT_GE(capacity, subject.within_limit(requested));
        const auto producer = queue->producer();
        const auto consumer = queue->consumer();
        // The shift by one item per lap moves "full" to every place of a small ring.
        for (std::size_t lap = 0; lap < 9; ++lap) {
            ASSERT_EQ(fill(*producer, capacity + 1), capacity) << "filled in lap " << lap;
            ASSERT_FALSE(producer->try_push(number{mark})) << "a full queue took an item in lap " << lap;
            number value = mark;
            ASSERT_TRUE(consumer->try_pop(value));
            ASSERT_TRUE(producer->try_push(number{mark})) << "a pop made no room in lap " << lap;
            ASSERT_FALSE(producer->try_push(number{mark})) << "one pop made room for two in lap " << lap;
            ASSERT_EQ(drain(*consumer, capacity + 1), capacity) << "drained in lap " << lap;
            expect_empty(*consumer);
            ASSERT_EQ(queue->capacity(), capacity) << "the capacity changed";
        }
    }
}

void unbounded_takes_everything(const queue_under_test& subject) {
    const std::size_t count = scaled(20'000, 5'000);
    for (const std::size_t requested : small_capacities) {
        const doing what(requested_text(requested));
        const auto queue = subject.numbers(requested);
        const auto producer = queue->producer();
        const auto consumer = queue->consumer();
        for (int lap = 0; lap < 2; ++lap) {
            ASSERT_EQ(fill(*producer, count), count) << "a push on an unbounded queue failed";
            ASSERT_EQ(drain(*consumer, count + 1), count);
        }
    }
}

void failed_push_leaves_the_value(const queue_under_test& subject) {
    for (const std::size_t requested : {1U, 2U, 7U}) {
        const doing what(requested_text(requested));
        expect_full_push_leaves(subject.numbers, requested);
        if (subject.owned_items != nullptr) expect_full_push_leaves(subject.owned_items, requested);
        if (subject.large_items != nullptr) expect_full_push_leaves(subject.large_items, requested);
    }
}

void items_leave_in_order(const queue_under_test& subject) {
    for (const std::size_t requested : small_capacities) {
        const doing what(requested_text(requested));
        const auto queue = subject.numbers(requested);
        const auto producer = queue->producer();
        const auto consumer = queue->consumer();
        contents held(subject.spec->delivery);
        // Falling values: an order by value is not an order of arrival. Zero is among them.
        for (number i = subject.within_limit(requested); i-- > 0;) {
            ASSERT_TRUE(producer->try_push(number{i}));
            held.push(i);
        }
        while (!held.empty()) {
            number value = mark;
            ASSERT_TRUE(consumer->try_pop(value)) << held.size() << " items are missing";
            ASSERT_TRUE(held.pop(value)) << held.why();
        }
        expect_empty(*consumer);
    }
}

void laps_lose_nothing(const queue_under_test& subject) {
    for (const std::size_t requested : {1U, 2U, 3U, 4U, 7U}) {
        const doing what(requested_text(requested));
        const auto queue = subject.numbers(requested);
        const auto producer = queue->producer();
        const auto consumer = queue->consumer();
        const std::size_t room = subject.bounded() ? queue->capacity() : requested * 3;
        contents held(subject.spec->delivery);
        number next = 0;
        // A queue that rounds a small request up to thousands still goes round several times.
        for (const number last = scaled(4'000) + 4 * room; next < last;) {
            if (!burst(*producer, *consumer, held, next, room, subject.bounded())) return;
        }
    }
}

// Each bit alone, and all but it: a queue that keeps bits or values of an item for itself says so.
void every_bit_of_an_item_passes(const queue_under_test& subject) {
    const queue_spec& spec = *subject.spec;
    // Those that stand in for reserved values, and the sign, are the highest of the bits that are not kept.
    const unsigned bits = keeps_values(spec) ? spec.payload_bits - 2 : 64;
    const auto queue = subject.numbers(1);
    const auto producer = queue->producer();
    const auto consumer = queue->consumer();
    for (unsigned bit = 0; bit < bits; ++bit) {
        const number alone = number{1} << bit;
        for (const number sent : {alone, ~alone}) {
            ASSERT_TRUE(producer->try_push(number{sent}));
            number value = mark;
            ASSERT_TRUE(consumer->try_pop(value)) << "an item of the value " << sent << " has gone";
            ASSERT_EQ(value, sent) << "an item of 64 bits has changed on its way; see payload_bits and "
                                      "reserved_values in queue.hpp";
        }
    }
}

void move_only_items_pass(const queue_under_test& subject) {
    const auto queue = subject.owned_items(4);
    const auto producer = queue->producer();
    const auto consumer = queue->consumer();
    for (std::uint64_t lap = 0; lap < 50; ++lap) {
        contents held(subject.spec->delivery);
        for (std::uint64_t i = 0; i < 4; ++i) {
            owned item = make<owned>(lap * 4 + i);
            held.push(reinterpret_cast<std::uintptr_t>(item.get()));
            ASSERT_TRUE(producer->try_push(std::move(item)));
            ASSERT_EQ(item, nullptr) << "the queue took the item and its owner kept it";
        }
        owned item = make<owned>(mark);
        while (!held.empty()) {
            ASSERT_TRUE(consumer->try_pop(item));
            ASSERT_TRUE(held.pop(reinterpret_cast<std::uintptr_t>(item.get()))) << held.why();
        }
        const auto* const last = item.get();
        ASSERT_FALSE(consumer->try_pop(item));
        ASSERT_EQ(item.get(), last) << "a try_pop that failed changed its argument";
    }
}

void items_need_no_default(const queue_under_test& subject) {
    const auto queue = subject.items_without_default(3);
    const auto producer = queue->producer();
    const auto consumer = queue->consumer();
    contents held(subject.spec->delivery);
    for (std::uint64_t lap = 0; lap < 50; ++lap) {
        for (std::uint64_t i = 0; i < 3; ++i) {
            ASSERT_TRUE(producer->try_push(no_default(lap * 3 + i)));
            held.push(lap * 3 + i);
        }
        for (no_default item(mark); !held.empty();) {
            ASSERT_TRUE(consumer->try_pop(item));
            ASSERT_TRUE(held.pop(item.value())) << held.why();
        }
    }
}

void handles_come_and_go(const queue_under_test& subject) {
    const auto queue = subject.numbers(4);
    for (number i = 0; i < 300; ++i) {
        ASSERT_TRUE(queue->producer()->try_push(number{i})) << "in round " << i;
        static_cast<void>(queue->producer());  // a handle that is never used
        static_cast<void>(queue->consumer());
        number value = mark;
        ASSERT_TRUE(queue->consumer()->try_pop(value)) << "in round " << i;
        ASSERT_EQ(value, i);
        expect_empty(*queue->consumer());
    }
    // What a thread has pushed outlives it, for a thread that had no handle until now.
    for (number i = 0; i < scaled(24, 8); ++i) {
        run_threads(1, [&](unsigned) {
            const auto producer = queue->producer();
            for (number k = 0; k < 4; ++k) ASSERT_TRUE(producer->try_push(i * 4 + k));
        });
        run_threads(1, [&](unsigned) { ASSERT_EQ(drain(*queue->consumer(), 5), 4U) << "in round " << i; });
    }
}

}  // namespace handoff::conformance
