// How long tests run whose faults come by chance. From the environment:
//   HANDOFF_STRESS        quick (the default) or deep
//   HANDOFF_DEEP_SECONDS  how long each such test of deep runs (8)
#pragma once

#include <chrono>

#include "environment.hpp"

namespace handoff::conformance {

inline bool is_deep() {
    static const bool deep = is_second("HANDOFF_STRESS", "quick", "deep");
    return deep;
}

inline std::chrono::milliseconds stress_time(std::chrono::milliseconds quick) {
    return is_deep() ? std::chrono::seconds(number_from("HANDOFF_DEEP_SECONDS", 1, 8)) : quick;
}

}  // namespace handoff::conformance
