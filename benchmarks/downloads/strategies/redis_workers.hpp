// Which Redis server the strategies over Redis use.
#pragma once

#include <string>

namespace handoff {

struct redis_options {
    std::string url{};  // empty: one of their own, started and ended for each run
    std::string queue = "downloads";
    unsigned elsewhere = 0;  // of the workers, how many run on other hosts or were started by hand
};

// For all runs from now on.
void use_redis(const redis_options& options);

}  // namespace handoff
