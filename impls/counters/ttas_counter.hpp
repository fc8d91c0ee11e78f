// A counter under a test-and-test-and-set spin lock.
#pragma once

#include "../counter.hpp"
#include "../locks/ttas_lock.hpp"
#include "locked_counter.hpp"

namespace handoff {

class ttas_counter : public locked_counter<ttas_lock> {
public:
    using handle = direct_handle<ttas_counter>;

    static constexpr counter_spec spec{
        .name = "ttas_counter",
        .cite = "Rudolph and Segall, ISCA 1984 (test-and-test-and-set lock)",
        .add = progress::blocking,
        .read = progress::blocking,
        .value = read_guarantee::exact,
    };
};

}  // namespace handoff
