// A thread for each document, all at once.
#include <thread>
#include <vector>

#include "downloads/job/run.hpp"

namespace handoff {
namespace {

void run_thread_per_item(download_run& run) {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < run.size(); ++i)
        threads.emplace_back([&run, i] { run.deliver(run.fetch(i)); });
}

}  // namespace

extern const strategy thread_per_item;
const strategy thread_per_item{
    .spec = {.name = "thread_per_item", .limit = flight::whole_list},
    .run = run_thread_per_item,
};

}  // namespace handoff
