// A counter under a ticket lock: threads are served in the order of their arrival.
#pragma once

#include "../counter.hpp"
#include "../locks/ticket_lock.hpp"
#include "locked_counter.hpp"

namespace handoff {

class ticket_counter : public locked_counter<ticket_lock> {
public:
    using handle = direct_handle<ticket_counter>;

    static constexpr counter_spec spec{
        .name = "ticket_counter",
        .cite = "Mellor-Crummey and Scott, TOCS 9(1), 1991 (ticket lock)",
        .add = progress::blocking,
        .read = progress::blocking,
        .value = read_guarantee::exact,
    };
};

}  // namespace handoff
