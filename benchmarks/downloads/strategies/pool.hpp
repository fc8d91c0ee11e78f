// A fixed number of workers that take documents from a queue of the catalog.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "downloads/job/run.hpp"
#include "workloads/queue_run.hpp"

namespace handoff {

// How the workers learn that there is no more.
//   stop_items  an item for each that says so; with the harness's waiting
//   close       the queue is closed and gives out what is left; with the queue's own waiting
//   flag        they look at a flag before each document, and leave behind what is still in the queue; with
//               the harness's waiting
//   count       whoever takes the last document raises the flag, so that nothing is left behind in whatever
//               order the queue gives it out; with the harness's waiting
enum class pool_end { stop_items, close, flag, count };

template <class Q, mode Waiting>
class download_pool {
public:
    download_pool(download_run& run, pool_end end) : run_(run), end_(end), wanted_(capacity) {}

    void run() {
        pusher to(wanted_, wait, false, gates_);
        std::vector<std::jthread> workers;
        try {
            while (workers.size() < run_.in_flight()) workers.emplace_back([this] { work(); });
            feed(to);
        } catch (...) {
            // A thread could not be started: the others must not wait for ever, nor for documents to count.
            if (end_ == pool_end::count) raise_flag();
            stop(to, workers.size());
            throw;
        }
        stop(to, workers.size());
        workers.clear();
        sweep();
    }

private:
    using job = typename Q::value_type;
    static constexpr wait_kind wait = Waiting == mode::own ? wait_kind::own : wait_kind::block;
    using pusher = push_end<Q, Waiting>;
    using popper = pop_end<Q, Waiting>;

    // More than the workers can take at once, and less than a long list.
    static constexpr std::size_t capacity = 64;

    // Every item comes out in the end, or the campaign's watchdog says that it did not.
    static bool never() { return false; }

    void feed(pusher& to) {
        for (std::size_t i = 0; i < run_.size(); ++i) {
            job next = job::make(make_tag(0, i + 1));
            to.push(next, never);
        }
    }

    void stop(pusher& to, std::size_t workers) {
        if constexpr (Waiting == mode::own) {
            wanted_.close();
        } else {
            if (end_ == pool_end::flag) raise_flag();
            if (end_ == pool_end::stop_items) push_stop_items(to, workers);
        }
    }

    void push_stop_items(pusher& to, std::size_t workers) {
        for (std::size_t i = 0; i < workers; ++i) {
            job last = job::make(stop_tag);
            to.push(last, never);
        }
    }

    void raise_flag() {
        stopped_ = true;
        gates_.wake_all();
    }

    void work() {
        popper from(wanted_, wait, false, gates_);
        job next;
        const auto stopped = [this] { return stopped_.load(); };
        while (!stopped() && from.pop(next, stopped) && next.tag != stop_tag) {
            if (end_ == pool_end::count && ++taken_ == run_.size()) raise_flag();
            fetch(next);
        }
    }

    void fetch(const job& next) { run_.deliver(run_.fetch(next.tag - make_tag(0, 1))); }

    // What workers that were stopped by a flag have left, or a stop item has overtaken in a queue that is not
    // FIFO: it is counted, and done here.
    void sweep() {
        typename Q::consumer from(wanted_);
        std::size_t left = 0;
        for (job next; from.try_pop(next);) {
            if (next.tag == stop_tag) continue;
            fetch(next);
            ++left;
        }
        run_.leave_behind(left);
    }

    download_run& run_;
    const pool_end end_;
    Q wanted_;
    queue_gates gates_;
    std::atomic<bool> stopped_{false};
    std::atomic<std::size_t> taken_{0};
};

template <class Q, pool_end End>
void run_download_pool(download_run& run) {
    constexpr mode waiting = End == pool_end::close ? mode::own : mode::harness_waits;
    download_pool<Q, waiting>(run, End).run();
}

}  // namespace handoff
