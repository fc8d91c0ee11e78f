// A control: a stack over a fixed number of nodes, and a list of the free ones, whose heads carry no tag. A
// thread that has read a head and what is behind it, and stands still, takes the head later although another
// node is behind it by then: the ABA problem. Nodes are lost, and items come out twice.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "queue.hpp"

namespace handoff::stalls {

template <class T>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>
class untagged_stack {
public:
    using value_type = T;
    using producer = direct_producer<untagged_stack>;
    using consumer = direct_consumer<untagged_stack>;
    static constexpr queue_spec spec{.name = "untagged_stack",
                                     .cite = "control",
                                     .producers = cardinality::many,
                                     .consumers = cardinality::many,
                                     .bound = boundedness::bounded,
                                     .push = progress::lock_free,
                                     .pop = progress::lock_free,
                                     .delivery = order::lifo,
                                     .failure = try_failure::in_flight};

    explicit untagged_stack(std::size_t asked)
        : size_(std::max<std::size_t>(asked, 2)), nodes_(std::make_unique<node[]>(size_)) {
        for (std::uint32_t i = 0; i < size_; ++i) put(free_, i);
    }
    untagged_stack(const untagged_stack&) = delete;
    untagged_stack& operator=(const untagged_stack&) = delete;
    ~untagged_stack() {
        // No further than there are nodes: a list that has been harmed may be a circle.
        std::size_t left = size_;
        for (std::uint32_t i = items_; i != none && left > 0; i = nodes_[i].next, --left)
            std::destroy_at(&nodes_[i].item);
    }

    std::size_t capacity() const { return size_; }
    bool try_push(T&& value) {
        const std::uint32_t i = take(free_);
        if (i == none) return false;
        std::construct_at(&nodes_[i].item, std::move(value));
        put(items_, i);
        return true;
    }
    bool try_pop(T& value) {
        const std::uint32_t i = take(items_);
        if (i == none) return false;
        value = std::move(nodes_[i].item);
        std::destroy_at(&nodes_[i].item);
        put(free_, i);
        return true;
    }

private:
    static constexpr std::uint32_t none = 0xffff'ffff;
    struct node {
        node() {}
        ~node() {}
        std::atomic<std::uint32_t> next{none};
        union {
            T item;
        };
    };

    std::uint32_t take(std::atomic<std::uint32_t>& head) {
        std::uint32_t first = head;
        while (first != none && !head.compare_exchange_weak(first, nodes_[first].next)) {
        }
        return first;
    }
    void put(std::atomic<std::uint32_t>& head, std::uint32_t i) {
        std::uint32_t first = head;
        do nodes_[i].next = first;
        while (!head.compare_exchange_weak(first, i));
    }

    const std::size_t size_;
    const std::unique_ptr<node[]> nodes_;
    std::atomic<std::uint32_t> items_{none};
    std::atomic<std::uint32_t> free_{none};
};

}  // namespace handoff::stalls
