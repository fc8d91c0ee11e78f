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

    void push(std::uint64_t value) { values_.push_back(value); }

    // Takes out the value that was popped; false, with the reason in why(), if it may not leave now.
    bool pop(std::uint64_t value);
    const std::string& why() const { return why_; }

    std::size_t size() const { return values_.size(); }
    bool empty() const { return values_.empty(); }

private:
    const order delivery_;
    std::deque<std::uint64_t> values_;  // in the order of their pushes
    std::string why_;
};

}  // namespace handoff::conformance
