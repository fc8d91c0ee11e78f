// The bystander of threads that are stopped at random instants, where nothing else is to be seen of them.
#pragma once

#include "random_stops.hpp"
#include "transfer.hpp"

namespace handoff::stalls {

class stopping {
public:
    // doublings: how long a stop may last, as random_stops says.
    stopping(unsigned threads, unsigned doublings) : stops_(threads, doublings) {}

    target::presence thread_begins(unsigned i) { return target::presence(stops_.thread(i)); }
    void push_begins(unsigned) {}
    void pop_begins(unsigned) {}
    void popped(unsigned, std::uint64_t) {}
    void meanwhile() { stops_.stop_until_all_have_ended(); }

    std::uint64_t stops() const { return stops_.stops(); }

private:
    random_stops stops_;
};

}  // namespace handoff::stalls
