// How long tests with random delays run. From the environment:
//   HANDOFF_STRESS            quick (under a second for each test) or deep
//   HANDOFF_DEEP_SECONDS      how long each test of deep runs (8)
//   HANDOFF_PATIENCE_SECONDS  how long nothing may succeed before others count as held up where the spec says
//                             that no thread can hold them up (10)
#pragma once

#include <chrono>
#include <string_view>

namespace handoff::stalls {

struct effort {
    std::string_view name;  // quick, deep
    std::chrono::milliseconds per_test{0};
    std::chrono::milliseconds patience{0};
};

// Read once; ends the process with exit code 2 where a variable makes no sense.
const effort& the_effort();

}  // namespace handoff::stalls
