// A fixed number of workers that take documents from a queue of the catalog.
#pragma once

#include <cstddef>
#include <thread>
#include <vector>

#include "../harness/download_run.hpp"
#include "../harness/roles/queue_run.hpp"

namespace handoff {

// How the workers learn that there is no more: an item for each that says so, with the harness's waiting; or
// the queue is closed, with its own.
enum class pool_end { stop_items, close };

template <class Q, pool_end End>
class download_pool {
public:
    explicit download_pool(download_run& run) : run_(run), wanted_(capacity) {}

    void run() {
        pusher to(wanted_, wait, false, gates_);
        std::vector<std::jthread> workers;
        try {
            while (workers.size() < run_.in_flight()) workers.emplace_back([this] { work(); });
            feed(to);
        } catch (...) {
            // A thread could not be started: the others must not wait for ever.
            stop(to, workers.size());
            throw;
        }
        stop(to, workers.size());
        workers.clear();
        sweep();
    }

private:
    using job = typename Q::value_type;
    static constexpr mode waiting = End == pool_end::close ? mode::own : mode::harness_waits;
    static constexpr wait_kind wait = End == pool_end::close ? wait_kind::own : wait_kind::block;
    using pusher = push_end<Q, waiting>;
    using popper = pop_end<Q, waiting>;

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
        if constexpr (End == pool_end::close) {
            wanted_.close();
        } else {
            for (std::size_t i = 0; i < workers; ++i) {
                job last = job::make(stop_tag);
                to.push(last, never);
            }
        }
    }

    void work() {
        popper from(wanted_, wait, false, gates_);
        job next;
        while (from.pop(next, never) && next.tag != stop_tag) fetch(next);
    }

    void fetch(const job& next) { run_.deliver(run_.fetch(next.tag - make_tag(0, 1))); }

    // A queue that is not FIFO may let a stop item overtake a document; whatever is left is done here.
    void sweep() {
        typename Q::consumer from(wanted_);
        job next;
        while (from.try_pop(next))
            if (next.tag != stop_tag) fetch(next);
    }

    download_run& run_;
    Q wanted_;
    queue_gates gates_;
};

template <class Q, pool_end End>
void run_download_pool(download_run& run) {
    download_pool<Q, End>(run).run();
}

}  // namespace handoff
