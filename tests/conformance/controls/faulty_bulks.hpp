// Rings whose single calls are right, and whose bulk calls have one fault each.
#pragma once

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "control_spec.hpp"

namespace handoff::conformance {

template <class T>
concept numbers_owned_and_tracked =
    only_numbers<T> || std::is_same_v<T, owned> || std::is_same_v<T, tracked_move_only>;

enum class bulk_fault { none, loses_at_the_wrap, reverses, moves_too_many, says_too_many };

template <class T, bulk_fault fault>
class ring_with_bulks {
public:
    using value_type = T;

    explicit ring_with_bulks(std::size_t capacity) : slots_(std::max<std::size_t>(capacity, 1)) {}
    ring_with_bulks(const ring_with_bulks&) = delete;
    ring_with_bulks& operator=(const ring_with_bulks&) = delete;

    std::size_t capacity() const { return slots_.size(); }
    bool try_push(T&& value) {
        const std::lock_guard lock(mutex_);
        return held_ < slots_.size() && put(value);
    }
    bool try_pop(T& value) {
        const std::lock_guard lock(mutex_);
        return held_ > 0 && take(value);
    }

    std::size_t try_push_bulk(T* items, std::size_t count) {
        const std::lock_guard lock(mutex_);
        const std::size_t fitting = std::min(count, slots_.size() - held_);
        for (std::size_t i = 0; i < fitting; ++i) {
            T& item = items[fault == bulk_fault::reverses ? fitting - 1 - i : i];
            if (fault == bulk_fault::loses_at_the_wrap && i > 0 && (head_ + held_) % slots_.size() == 0) {
                static_cast<void>(T(std::move(item)));
            } else {
                put(item);
            }
        }
        if (fault == bulk_fault::moves_too_many && fitting < count) {
            static_cast<void>(T(std::move(items[fitting])));
        }
        return fault == bulk_fault::says_too_many && fitting < count ? fitting + 1 : fitting;
    }
    std::size_t try_pop_bulk(T* items, std::size_t count) {
        const std::lock_guard lock(mutex_);
        const std::size_t there = std::min(count, held_);
        for (std::size_t i = 0; i < there; ++i) take(items[i]);
        return there;
    }

private:
    // Under the mutex; there is room, or an item.
    bool put(T& value) {
        slots_[(head_ + held_++) % slots_.size()].emplace(std::move(value));
        return true;
    }
    bool take(T& value) {
        std::optional<T>& slot = slots_[head_];
        value = std::move(*slot);
        slot.reset();
        head_ = (head_ + 1) % slots_.size();
        --held_;
        return true;
    }

    std::mutex mutex_;
    std::vector<std::optional<T>> slots_;
    std::size_t head_ = 0;
    std::size_t held_ = 0;
};

// Correct.
template <numbers_owned_and_tracked T>
class bulk_ring : public ring_with_bulks<T, bulk_fault::none> {
public:
    using producer = direct_producer<bulk_ring>;
    using consumer = direct_consumer<bulk_ring>;
    static constexpr queue_spec spec = queue_control("bulk_ring", boundedness::bounded);
    using ring_with_bulks<T, bulk_fault::none>::ring_with_bulks;
};

// Where a bulk goes round the end of the slots, it loses the item that belongs into the first one.
template <only_numbers T>
class wrap_losing_ring : public ring_with_bulks<T, bulk_fault::loses_at_the_wrap> {
public:
    using producer = direct_producer<wrap_losing_ring>;
    using consumer = direct_consumer<wrap_losing_ring>;
    static constexpr queue_spec spec = queue_control("wrap_losing_ring", boundedness::bounded);
    using ring_with_bulks<T, bulk_fault::loses_at_the_wrap>::ring_with_bulks;
};

// The items of a bulk go in from the last to the first.
template <only_numbers T>
class reversing_ring : public ring_with_bulks<T, bulk_fault::reverses> {
public:
    using producer = direct_producer<reversing_ring>;
    using consumer = direct_consumer<reversing_ring>;
    static constexpr queue_spec spec = queue_control("reversing_ring", boundedness::bounded);
    using ring_with_bulks<T, bulk_fault::reverses>::ring_with_bulks;
};

// Has moved the item that it has found no room for.
template <numbers_owned_and_tracked T>
class grasping_ring : public ring_with_bulks<T, bulk_fault::moves_too_many> {
public:
    using producer = direct_producer<grasping_ring>;
    using consumer = direct_consumer<grasping_ring>;
    static constexpr queue_spec spec = queue_control("grasping_ring", boundedness::bounded);
    using ring_with_bulks<T, bulk_fault::moves_too_many>::ring_with_bulks;
};

// Says that one more went in than did.
template <only_numbers T>
class boasting_ring : public ring_with_bulks<T, bulk_fault::says_too_many> {
public:
    using producer = direct_producer<boasting_ring>;
    using consumer = direct_consumer<boasting_ring>;
    static constexpr queue_spec spec = queue_control("boasting_ring", boundedness::bounded);
    using ring_with_bulks<T, bulk_fault::says_too_many>::ring_with_bulks;
};

}  // namespace handoff::conformance
