// A correct unbounded queue that uses no memory again while a pop is set aside in its middle, as moodycamel's
// blocks or an epoch's memory are held back. How much it takes depends on chance alone: it grows seldom, by
// much, and is done with that.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "control_spec.hpp"

namespace handoff::conformance {

template <only_numbers T>
class withholding_queue {
public:
    using value_type = T;
    using producer = direct_producer<withholding_queue>;
    using consumer = direct_consumer<withholding_queue>;
    static constexpr queue_spec spec = queue_control("withholding_queue", boundedness::unbounded);

    explicit withholding_queue(std::size_t) {}

    bool try_push(T&& value) {
        const std::lock_guard lock(mutex_);
        if (free_.empty()) free_.push_back(std::make_unique<node>());
        items_.push_back(std::move(free_.back()));
        free_.pop_back();
        items_.back()->value = std::move(value);
        return true;
    }
    bool try_pop(T& value) {
        // Seldom, and for a time that is drawn: seldom are two set aside at once.
        if (pops_.fetch_add(1) % 20'000 == 19'999) be_set_aside();
        const std::lock_guard lock(mutex_);
        if (items_.empty()) return false;
        value = std::move(items_.front()->value);
        (set_aside_ == 0 ? free_ : held_back_).push_back(std::move(items_.front()));
        items_.pop_front();
        return true;
    }

private:
    struct node {
        T value{};
        char rest[200];  // so that few of them are many bytes
    };

    void be_set_aside() {
        {
            const std::lock_guard lock(mutex_);
            ++set_aside_;
            drawn_ = drawn_ * 6364136223846793005u + 1442695040888963407u;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(drawn_ >> 54));
        const std::lock_guard lock(mutex_);
        if (--set_aside_ > 0) return;
        for (auto& held : held_back_) free_.push_back(std::move(held));
        held_back_.clear();
    }

    std::mutex mutex_;
    std::deque<std::unique_ptr<node>> items_;
    std::vector<std::unique_ptr<node>> free_;
    std::vector<std::unique_ptr<node>> held_back_;
    std::atomic<std::uint64_t> pops_{0};
    std::atomic<std::uint64_t> drawn_{1};
    int set_aside_ = 0;
};

}  // namespace handoff::conformance
