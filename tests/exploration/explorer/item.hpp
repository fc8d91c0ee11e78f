// What goes through the queues of a scenario: a move-only number, each access of which is checked for races
// and for being that of a living object. So the slots of a queue are checked without its knowing. One that
// was moved from holds `gone`, and is never a right answer.
#pragma once

#include <utility>

#include "execution.hpp"

namespace handoff::exploration {

class item {
public:
    static constexpr int gone = -1;

    item() : item(gone) {}
    explicit item(int number) : number_(number) { touch(access::begin_life); }
    item(item&& other) noexcept : number_(other.take()) { touch(access::begin_life); }
    item& operator=(item&& other) noexcept {
        const int number = other.take();
        touch(access::write);
        number_ = number;
        return *this;
    }
    ~item() { touch(access::end_life); }

    int number() const {
        touch(access::read);
        return number_;
    }

private:
    using access = execution::access;

    int take() noexcept {
        touch(access::write);
        return std::exchange(number_, gone);
    }
    void touch(access how) const { running().touch(this, how); }

    int number_;
};

}  // namespace handoff::exploration
