// The cure of the ordered window: results that came too early wait in a buffer, and their threads go on.
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "downloads/job/run.hpp"

namespace handoff {
namespace {

// Places in the buffer for each document under way. A document that takes as many times the mean blocks the
// window; of a log-normal list with sigma 0.5 that happens to none.
constexpr unsigned places = 16;

class reorder_window {
public:
    explicit reorder_window(download_run& run) : run_(run), early_(std::size_t{places} * run.in_flight()) {}

    void run() {
        std::vector<std::jthread> threads;
        while (threads.size() < run_.in_flight()) threads.emplace_back([this] { work(); });
    }

private:
    void work() {
        while (const std::optional<std::size_t> i = claim()) hand_in(run_.fetch(*i));
    }

    // The next document, as soon as there is a place for its result.
    std::optional<std::size_t> claim() {
        std::unique_lock lock(mutex_);
        const std::size_t mine = next_++;
        if (mine >= run_.size()) return std::nullopt;
        place_free_.wait(lock, [&] { return mine < delivered_ + early_.size(); });
        return mine;
    }

    void hand_in(const fetched& result) {
        const std::scoped_lock lock(mutex_);
        place_of(result.index) = result;
        for (; place_of(delivered_); ++delivered_) {
            run_.deliver(*place_of(delivered_));
            place_of(delivered_).reset();
        }
        place_free_.notify_all();
    }

    std::optional<fetched>& place_of(std::size_t index) { return early_[index % early_.size()]; }

    download_run& run_;
    std::mutex mutex_;  // guards what follows
    std::condition_variable place_free_;
    std::vector<std::optional<fetched>> early_;
    std::size_t next_ = 0;
    std::size_t delivered_ = 0;
};

void run_window_reorder_buffer(download_run& run) {
    reorder_window(run).run();
}

}  // namespace

extern const strategy window_reorder_buffer;
const strategy window_reorder_buffer{
    .spec = {.name = "window_reorder_buffer", .in_order = true, .ahead = places},
    .run = run_window_reorder_buffer,
};

}  // namespace handoff
