// A number of threads, each with the next document as soon as it has one: results as they come.
#include <atomic>
#include <thread>
#include <vector>

#include "downloads/job/run.hpp"

namespace handoff {
namespace {

void run_window_completion_order(download_run& run) {
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    while (threads.size() < run.in_flight())
        threads.emplace_back([&run, &next] {
            for (std::size_t i = next++; i < run.size(); i = next++) run.deliver(run.fetch(i));
        });
}

}  // namespace

extern const strategy window_completion_order;
const strategy window_completion_order{
    .spec = {.name = "window_completion_order"},
    .run = run_window_completion_order,
};

}  // namespace handoff
