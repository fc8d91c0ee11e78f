// What a queue should hold, by its spec: the reference against which a thread that is alone checks it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "any_queue.hpp"

namespace handoff::conformance {

class contents {
public:
    explicit contents(order delivery) : delivery_(delivery) {}

    // `handle`: which producer handle it went in by, if there are several.
    void push(std::uint64_t value, std::uint64_t handle = 0) { held_.push_back({value, handle}); }

    // Takes out the value that was popped; false, with the reason in why(), if it may not leave now.
    bool pop(std::uint64_t value);
    const std::string& why() const { return why_; }

    std::size_t size() const { return held_.size(); }
    bool empty() const { return held_.empty(); }

private:
    struct item {
        std::uint64_t value;
        std::uint64_t handle;
    };
    using place = std::deque<item>::iterator;

    place find(std::uint64_t value);
    // What must leave before the item, if its own turn has not come; the item itself if it has.
    place due_before(place found);

    order delivery_;
    std::deque<item> held_;  // in the order of their pushes
    std::string why_;
};

}  // namespace handoff::conformance
