// A window of documents that moves on when its first one is there: results in order, and all wait for
// a slow head. What one writes first.
#include <deque>
#include <future>

#include "downloads/job/run.hpp"

namespace handoff {
namespace {

void run_window_in_order(download_run& run) {
    std::deque<std::future<fetched>> window;
    const auto move_on = [&] {
        run.deliver(window.front().get());
        window.pop_front();
    };
    for (std::size_t i = 0; i < run.size(); ++i) {
        if (window.size() == run.in_flight()) move_on();
        window.push_back(std::async(std::launch::async, [&run, i] { return run.fetch(i); }));
    }
    while (!window.empty()) move_on();
}

}  // namespace

extern const strategy window_in_order;
const strategy window_in_order{
    .spec = {.name = "window_in_order", .in_order = true, .ahead = 1},
    .run = run_window_in_order,
};

}  // namespace handoff
