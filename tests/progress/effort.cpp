#include "effort.hpp"

#include "../conformance/environment.hpp"

namespace handoff::stalls {
namespace {

using conformance::is_second;
using conformance::number_from;

constexpr std::chrono::milliseconds quick_test{400};

effort from_environment() {
    const bool deep = is_second("HANDOFF_STRESS", "quick", "deep");
    const std::chrono::seconds deep_test(number_from("HANDOFF_DEEP_SECONDS", 1, 20));
    return {.name = deep ? "deep" : "quick",
            .per_test = deep ? deep_test : quick_test,
            .patience = std::chrono::seconds(number_from("HANDOFF_PATIENCE_SECONDS", 1, 10))};
}

}  // namespace

const effort& the_effort() {
    static const effort chosen = from_environment();
    return chosen;
}

}  // namespace handoff::stalls
