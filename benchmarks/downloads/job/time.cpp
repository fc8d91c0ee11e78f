#include "time.hpp"

#include <algorithm>
#include <utility>

namespace handoff {

virtual_time::virtual_time(const strategy_spec& spec, std::size_t documents, unsigned in_flight)
    : in_order_(spec.in_order),
      documents_(documents),
      in_flight_(in_flight),
      ahead_(spec.ahead == 0 ? documents : std::size_t{spec.ahead} * in_flight),
      has_(documents) {}

job_time virtual_time::now() const {
    const std::scoped_lock lock(mutex_);
    return now_;
}

void virtual_time::sleep_until(job_time time) {
    std::condition_variable called;
    bool awake = false;
    std::unique_lock lock(mutex_);
    add(time, [&] {
        awake = true;
        called.notify_one();
    });
    called.wait(lock, [&] { return awake; });
}

void virtual_time::call_at(job_time time, std::function<void()> wake) {
    const std::scoped_lock lock(mutex_);
    add(time, std::move(wake));
}

void virtual_time::started() {
    const std::scoped_lock lock(mutex_);
    ++started_;
    move_on();
}

void virtual_time::fetched(std::size_t index) {
    const std::scoped_lock lock(mutex_);
    ++fetched_;
    has_.at(index) = true;
    move_on();
}

void virtual_time::delivered() {
    const std::scoped_lock lock(mutex_);
    ++delivered_;
    move_on();
}

void virtual_time::add(job_time time, std::function<void()> wake) {
    sleepers_.push({time, numbers_++, std::move(wake)});
    move_on();
}

bool virtual_time::may_start() const {
    return started_ < documents_ && started_ - fetched_ < in_flight_ && started_ < delivered_ + ahead_;
}

bool virtual_time::may_deliver() const {
    if (delivered_ >= documents_) return false;
    return in_order_ ? has_[delivered_] : fetched_ > delivered_;
}

// All threads under way sleep, and no other may act: the first to wake does so.
void virtual_time::move_on() {
    if (sleepers_.empty() || sleepers_.size() < started_ - fetched_ || may_start() || may_deliver()) return;
    now_ = std::max(now_, sleepers_.top().time);
    const std::function<void()> wake = sleepers_.top().wake;
    sleepers_.pop();
    wake();
}

}  // namespace handoff
