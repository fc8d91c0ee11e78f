// Counts an item before the memory for its node is there: a push that finds none makes a later pop follow a
// pointer that is null. And, for the test of what becomes of the other tests then, at the thousandth item
// there is no memory.
#pragma once

#include <mutex>
#include <new>

#include "control_spec.hpp"

namespace handoff::conformance {

template <only_numbers T>
class crashing_queue {
public:
    using value_type = T;
    using producer = direct_producer<crashing_queue>;
    using consumer = direct_consumer<crashing_queue>;
    static constexpr queue_spec spec = queue_control("crashing_queue", boundedness::unbounded);

    explicit crashing_queue(std::size_t) {}
    crashing_queue(const crashing_queue&) = delete;
    crashing_queue& operator=(const crashing_queue&) = delete;
    ~crashing_queue() {
        while (head_ != nullptr) delete std::exchange(head_, head_->next);
    }
    bool try_push(T&& value) {
        const std::lock_guard lock(mutex_);
        ++count_;
        if (++pushes_ % 1'000 == 0) return true;
        node* const last = new node{value, nullptr};
        (tail_ != nullptr ? tail_->next : head_) = last;
        tail_ = last;
        return true;
    }
    bool try_pop(T& value) {
        const std::lock_guard lock(mutex_);
        if (count_ == 0) return false;
        node* const first = head_;
        value = first->item;
        head_ = first->next;
        if (head_ == nullptr) tail_ = nullptr;
        --count_;
        delete first;
        return true;
    }

private:
    struct node {
        T item;
        node* next;
    };
    std::mutex mutex_;
    std::size_t count_ = 0;
    std::size_t pushes_ = 0;
    node* head_ = nullptr;
    node* tail_ = nullptr;
};

}  // namespace handoff::conformance
