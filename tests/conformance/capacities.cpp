#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <limits>
#include <memory>
#include <string>

#include "build.hpp"
#include "contents.hpp"
#include "index_limits.hpp"
#include "requested.hpp"
#include "session.hpp"
#include "stress.hpp"
#include "tests.hpp"
#include "time_box.hpp"

namespace handoff::conformance {
namespace {

// A thread alone with a queue, and what the queue should hold.
class filling {
public:
    filling(any_queue<number>& queue, order delivery)
        : producer_(queue.producer()), consumer_(queue.consumer()), held_(delivery) {}

    void push(std::size_t count) {
        for (; count > 0; --count, ++next_) {
            ASSERT_TRUE(producer_->try_push(number{next_}))
                << "a push failed with " << held_.size() << " items held, after " << next_ << " pushes";
            held_.push(next_);
        }
    }
    void pop(std::size_t count) {
        for (; count > 0; --count) {
            number value = mark;
            ASSERT_TRUE(consumer_->try_pop(value))
                << "a pop failed with " << held_.size() << " items held, after " << next_ << " pushes";
            ASSERT_TRUE(held_.pop(value))
                << held_.why() << ", with " << held_.size() << " items held, after " << next_ << " pushes";
        }
    }
    void expect_full() {
        ASSERT_FALSE(producer_->try_push(number{mark})) << "took an item with " << held_.size() << " held";
    }
    void expect_empty() {
        number value = mark;
        ASSERT_FALSE(consumer_->try_pop(value)) << "popped " << value << " from an empty queue";
    }
    std::size_t held() const { return held_.size(); }

private:
    const std::unique_ptr<any_producer<number>> producer_;
    const std::unique_ptr<any_consumer<number>> consumer_;
    contents held_;
    number next_ = 0;
};

// To the brim and to the bottom, twice, the second time from another place of a ring.
void expect_exact_room(any_queue<number>& queue, order delivery, std::size_t room, bool bounded) {
    filling tested(queue, delivery);
    if (room == 0) {
        tested.expect_full();
        tested.expect_empty();
        return;
    }
    for (const std::size_t shift : {std::size_t{0}, room / 2 + 1}) {
        for (std::size_t i = 0; i < shift && !testing::Test::HasFatalFailure(); ++i) {
            tested.push(1);
            tested.pop(1);
        }
        if (!testing::Test::HasFatalFailure()) tested.push(room);
        if (!testing::Test::HasFatalFailure() && bounded) tested.expect_full();
        if (!testing::Test::HasFatalFailure()) tested.pop(room);
        if (!testing::Test::HasFatalFailure()) tested.expect_empty();
        if (testing::Test::HasFatalFailure()) return;
    }
}

void expect_exact_capacity(const queue_under_test& subject, std::size_t requested) {
    const doing what(requested_text(requested));
    const auto queue = subject.numbers(requested);
    const std::size_t asked = subject.within_limit(requested);
    const std::size_t room = subject.bounded() ? queue->capacity() : asked;
    ASSERT_GE(room, asked) << "holds less than it was asked for";
    expect_exact_room(*queue, subject.spec->delivery, room, subject.bounded());
}

// While one lives, the process gets little more memory: a queue that allocates each of its nodes by itself
// must not take all that the machine has.
class memory_limit {
public:
    memory_limit() {
        std::size_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        getrlimit(RLIMIT_AS, &before_);
        rlimit little = before_;
        little.rlim_cur = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + more;
        if (little.rlim_cur < before_.rlim_max) setrlimit(RLIMIT_AS, &little);
    }
    memory_limit(const memory_limit&) = delete;
    memory_limit& operator=(const memory_limit&) = delete;
    ~memory_limit() { setrlimit(RLIMIT_AS, &before_); }

private:
    static constexpr std::size_t more = std::size_t{256} << 20;

    rlimit before_{};
};

// A queue that takes a capacity which no memory can hold must do as it says.
void expect_refusal_or_truth(const queue_under_test& subject, std::size_t requested) {
    const doing what(requested_text(requested));
    std::unique_ptr<any_queue<number>> queue;
    try {
        queue = subject.numbers_beyond_limit(requested);
    } catch (const std::exception&) {
        return;
    }
    ASSERT_LE(requested, subject.spec->max_capacity)
        << "was constructed for more than its spec's max_capacity";
    if (subject.bounded()) {
        ASSERT_GE(queue->capacity(), requested) << "was constructed, and holds less than it was asked for";
    }
    expect_exact_room(*queue, subject.spec->delivery, 70'000, false);
}

}  // namespace

void small_capacities_are_exact(const queue_under_test& subject) {
    for (std::size_t requested = 1; requested <= 100; ++requested) {
        expect_exact_capacity(subject, requested);
        if (testing::Test::HasFailure()) return;
    }
}

// Beyond 16 bits, where an index or a mask may be cut off. A sanitizer would find nothing at the second that
// it does not find at the first.
void large_capacities_are_exact(const queue_under_test& subject) {
    for (const std::size_t requested : {std::size_t{70'000}, (std::size_t{1} << 17) + 1}) {
        if (is_sanitized && requested > 70'000) continue;
        expect_exact_capacity(subject, requested);
        if (testing::Test::HasFailure()) return;
    }
}

void absurd_capacities_are_refused(const queue_under_test& subject) {
    const memory_limit limit;
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    // One more than it, half of it, and what times 8 is it is 0, or a little.
    for (const std::size_t requested : {most, most / 2 + 2, most / 8 + 1}) {
        expect_refusal_or_truth(subject, requested);
        if (testing::Test::HasFailure()) return;
    }
    if (subject.spec->max_capacity < most) expect_refusal_or_truth(subject, subject.spec->max_capacity + 1);
}

void no_capacity_has_an_answer(const queue_under_test& subject) {
    std::unique_ptr<any_queue<number>> queue;
    try {
        queue = subject.numbers(0);
    } catch (const std::exception&) {
        return;
    }
    const std::size_t room = subject.bounded() ? queue->capacity() : 1;
    expect_exact_room(*queue, subject.spec->delivery, room, subject.bounded());
}

// An index of 16 bits goes round twice. One of 24 does so in deep, and else once, over three places, if the
// queue cannot be constructed with a first_index and gets there in time. A slot that is found by index %
// capacity then jumps, if the capacity is no power of two: seen only by a queue that is full there.
void many_items_pass_odd_capacities(const queue_under_test& subject) {
    // Under a sanitizer 24 bits take minutes, and a run without one says the same of them.
    const number rounds = number{1} << (is_deep() && !is_sanitized ? 24 : 16);
    for (const std::size_t requested : {3U, 7U, 100U}) {
        const doing what(requested_text(requested));
        const auto queue = subject.numbers(requested);
        const std::size_t room = subject.bounded() ? queue->capacity() : requested;
        filling tested(*queue, subject.spec->delivery);
        const bool goes_on = requested == 3 && subject.numbers_from == nullptr && !is_sanitized;
        const number most = goes_on ? (number{1} << 24) + 1000 : 0;
        time_box beyond(std::chrono::seconds(2));
        for (number passed = 0; passed < 2 * rounds + 1000 || (passed < most && !beyond.is_over());
             ++passed) {
            tested.push(room - tested.held());
            if (testing::Test::HasFatalFailure()) return;
            tested.pop(1);
            if (testing::Test::HasFatalFailure()) return;
        }
        tested.pop(tested.held());
        if (testing::Test::HasFatalFailure()) return;
    }
    if (subject.numbers_from == nullptr) {
        std::printf("%s: %s\n", std::string(subject.registered_name).c_str(), not_tested_where_indices_wrap);
    }
}

}  // namespace handoff::conformance
