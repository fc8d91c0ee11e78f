// The I/O-bound pipeline: one feeder -> queue -> downloaders that wait for their documents -> queue -> savers
// that write files. Stop items end each stage.
#pragma once

#include <atomic>
#include <vector>

#include "downloads/job/job.hpp"
#include "downloads/saving/document_store.hpp"
#include "harness/machine/team.hpp"
#include "harness/machine/usage.hpp"
#include "harness/sample.hpp"
#include "workloads/queue_run.hpp"

namespace handoff {

struct download_plan {
    run_settings settings{};
    unsigned downloaders = 1;
    unsigned savers = 1;
    wait_kind wait = wait_kind::block;
    std::size_t items = 64;
    std::size_t capacity = 64;
};

// What the threads of a stage did with their time.
struct alignas(no_false_sharing) stage_times {
    ticks active = 0;   // downloading or saving
    ticks waiting = 0;  // in push and pop
};

struct download_totals {
    double makespan_s = 0.0;
    std::uint64_t left_behind = 0;  // items that the stop items overtook, done by a last sweep
    usage used{};                   // by all threads, until the makespan was over
    std::vector<stage_times> times;
};

// The figures of the job, and its error if a file is not as it should be.
outcome download_outcome(const download_plan& plan, const std::vector<document>& documents,
                         const document_store& store, const download_totals& totals);

template <class Q, mode Mode>
class download_role {
public:
    explicit download_role(const download_plan& plan)
        : plan_(plan),
          documents_(make_documents({.items = plan.items}, plan.settings.seed)),
          wanted_(plan.capacity),
          arrived_(plan.capacity),
          downloading_(plan.downloaders) {
        totals_.times.resize(1 + plan.downloaders + plan.savers);
    }

    outcome run(const std::vector<int>& cpus) {
        const usage before = usage::of_this_process();
        const ticks start = harness_clock::now();
        run_team(cpus, [this](unsigned i) { work(i); });
        sweep();
        totals_.makespan_s = harness_clock::seconds(harness_clock::now() - start);
        totals_.used = usage::of_this_process() - before;
        return download_outcome(plan_, documents_, store_, totals_);
    }

private:
    using job = typename Q::value_type;
    using pusher = push_end<Q, Mode>;
    using popper = pop_end<Q, Mode>;

    // Every item comes out in the end, or the campaign's watchdog says that it did not.
    static bool never() { return false; }

    void work(unsigned index) {
        if (index == 0) {
            feed();
        } else if (index <= plan_.downloaders) {
            download(totals_.times[index]);
        } else {
            save(totals_.times[index]);
        }
    }

    pusher in(Q& q, queue_gates& gates) { return pusher(q, plan_.wait, false, gates); }
    popper out(Q& q, queue_gates& gates) { return popper(q, plan_.wait, false, gates); }

    static void stop(pusher& end, unsigned how_many) {
        for (unsigned i = 0; i < how_many; ++i) {
            job last = job::make(stop_tag);
            end.push(last, never);
        }
    }

    void feed() {
        pusher end = in(wanted_, wanted_gates_);
        for (const document& d : documents_) {
            job next = job::make(make_tag(0, d.id + 1));
            end.push(next, never);
        }
        stop(end, plan_.downloaders);
    }

    void download(stage_times& times) {
        popper from = out(wanted_, wanted_gates_);
        pusher to = in(arrived_, arrived_gates_);
        job next;
        for (;;) {
            timed(times.waiting, [&] { from.pop(next, never); });
            if (next.tag == stop_tag) break;
            timed(times.active, [&] { simulate_download(document_of(next)); });
            timed(times.waiting, [&] { to.push(next, never); });
        }
        // The last to leave ends the next stage.
        if (downloading_.fetch_sub(1) == 1) stop(to, plan_.savers);
    }

    void save(stage_times& times) {
        popper from = out(arrived_, arrived_gates_);
        job next;
        for (;;) {
            timed(times.waiting, [&] { from.pop(next, never); });
            if (next.tag == stop_tag) break;
            timed(times.active, [&] { store_.save(document_of(next)); });
        }
    }

    template <class F>
    static void timed(ticks& sum, F step) {
        const ticks start = harness_clock::now();
        step();
        sum += harness_clock::now() - start;
    }

    const document& document_of(const job& j) const { return documents_.at(j.tag - make_tag(0, 1)); }

    // A queue that is not FIFO may let a stop item overtake an item; whatever is left is done here.
    void sweep() {
        typename Q::consumer first(wanted_);
        typename Q::consumer second(arrived_);
        job next;
        while (first.try_pop(next)) finish_late(next, true);
        while (second.try_pop(next)) finish_late(next, false);
    }

    void finish_late(const job& j, bool download_first) {
        if (j.tag == stop_tag) return;
        ++totals_.left_behind;
        if (download_first) simulate_download(document_of(j));
        store_.save(document_of(j));
    }

    const download_plan& plan_;
    const std::vector<document> documents_;
    document_store store_;
    Q wanted_;
    Q arrived_;
    queue_gates wanted_gates_;
    queue_gates arrived_gates_;
    std::atomic<unsigned> downloading_;
    download_totals totals_;
};

template <class Q>
outcome run_download(const download_plan& plan) {
    return take_job_sample(plan.settings, 1 + plan.downloaders + plan.savers,
                           [&](const std::vector<int>& cpus) {
                               if constexpr (blocking_queue<Q>) {
                                   if (plan.wait == wait_kind::own)
                                       return download_role<Q, mode::own>(plan).run(cpus);
                               }
                               return download_role<Q, mode::harness_waits>(plan).run(cpus);
                           });
}

}  // namespace handoff
