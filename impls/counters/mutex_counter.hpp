// A counter under std::mutex: a waiting thread sleeps in the kernel.
#pragma once

#include "../counter.hpp"
#include "../support/mutex.hpp"
#include "locked_counter.hpp"

namespace handoff {

class mutex_counter : public locked_counter<mutex> {
public:
    using handle = direct_handle<mutex_counter>;

    static constexpr counter_spec spec{
        .name = "mutex_counter",
        .cite = "std::mutex",
        .add = progress::blocking,
        .read = progress::blocking,
        .value = read_guarantee::exact,
    };
};

}  // namespace handoff
