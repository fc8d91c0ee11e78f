// A counter under std::mutex: a waiting thread sleeps in the kernel.
#pragma once

#include <mutex>

#include "../counter.hpp"
#include "locked_counter.hpp"

namespace handoff {

class mutex_counter : public locked_counter<std::mutex> {
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
