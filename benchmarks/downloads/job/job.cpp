#include "job.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace handoff {

double ideal_seconds(const std::vector<document>& documents, unsigned downloaders) {
    std::chrono::nanoseconds all{0};
    std::chrono::nanoseconds longest{0};
    for (const document& d : documents) {
        all += d.latency;
        longest = std::max(longest, d.latency);
    }
    const double shared = std::chrono::duration<double>(all).count() / downloaders;
    return std::max(shared, std::chrono::duration<double>(longest).count());
}

void simulate_download(const document& d) {
    std::this_thread::sleep_for(d.latency);
}

}  // namespace handoff
