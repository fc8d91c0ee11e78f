#include "worker.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>

#include "downloads/job/mixed.hpp"
#include "downloads/saving/document_file.hpp"
#include "downloads/saving/file_saver.hpp"
#include "job_text.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

constexpr auto between_tries = 20ms;
constexpr unsigned most_reconnections = 50;
constexpr unsigned most_tries_for_the_queue =
    1500;  // half a minute, as long as the other side waits for workers
constexpr auto longest_wait = 1000ms;

// For tests: a disk that is full now and then.
struct disk_faults {
    std::mt19937_64 random;
    unsigned percent = 0;
};
disk_faults faulty_disk;

ssize_t write_to_faulty_disk(int file, const void* bytes, std::size_t size) {
    if (faulty_disk.random() % 100 >= faulty_disk.percent) return ::write(file, bytes, size);
    errno = ENOSPC;
    return -1;
}

saver_settings saver_for(const worker_settings& settings) {
    saver_settings how{.claim = claim_kind::id, .durable = settings.durable};
    if (settings.failing_writes_percent > 0) {
        faulty_disk = {std::mt19937_64(mixed(settings.seed) ^ settings.number),
                       settings.failing_writes_percent};
        how.write = write_to_faulty_disk;
    }
    return how;
}

class download_worker {
public:
    explicit download_worker(const worker_settings& settings)
        : settings_(settings), name_("worker-" + std::to_string(settings.number)) {
        if (!settings.folder.empty()) saver_.emplace(settings.folder, saver_for(settings));
    }

    void serve(unsigned& lost_in_a_row) {
        job_queue queue(settings_.server, settings_.queue, settings_.policy);
        do {
            // Whose jobs to stop are for those who have not stopped yet.
            while (!left_.empty() && queue.which() == left_) std::this_thread::sleep_for(between_tries);
            const std::string joined = queue.join(name_);
            try {
                do_jobs(queue, lost_in_a_row);
            } catch (const redis_refused&) {
                // Whoever had the jobs may have gone before this worker read its stop job.
                if (queue.which() == joined) throw;
            }
            left_ = joined;
        } while (settings_.stays);
    }

private:
    // Until one says stop.
    void do_jobs(job_queue& queue, unsigned& lost_in_a_row) {
        for (;;) {
            const std::optional<taken_job> job = queue.take(name_, longest_wait);
            lost_in_a_row = 0;
            if (!job) continue;
            if (job->text == stop_job) {
                queue.finish(*job, {});
                return;
            }
            do_job(queue, *job);
        }
    }

    void do_job(job_queue& queue, const taken_job& job) {
        die_at(moment::taken);
        try {
            download(queue, job, order_of(job.text));
        } catch (const save_error& e) {
            queue.give_back(job, name_, e.what());
        } catch (const std::invalid_argument& e) {
            queue.finish(job, {}, e.what());
        }
    }

    void download(job_queue& queue, const taken_job& job, const download_order& order) {
        const auto start = std::chrono::steady_clock::now();
        const std::string name = file_name_of(order.what);
        const fetch_end expected = expected_end(order.what, order.network.retries);
        const bool arrives = expected.status == fetch_status::arrived;
        // Whoever saved it did not live to say so.
        const bool saved_before = saver_ && arrives && saver_->has(name);
        if (!saved_before && job.deliveries > settings_.policy.most_deliveries)
            return bury(queue, job, order.what);
        const fetch_end end = saved_before ? expected : fetch(order);
        const fetched result{order.what.id, end, arrives ? digest(order.what) : std::uint64_t{0}};
        die_at(moment::fetched);
        const bool saved_now = saver_ && !saved_before && arrives && save(order.what, name);
        const std::string report =
            text_of({result, std::chrono::steady_clock::now() - start, settings_.number});
        if (!queue.finish(job, report, reason_of(end)) && saved_now) take_back(queue, job, name);
        die_at(moment::finished);
    }

    static fetch_end fetch(const download_order& order) {
        simulated_network network(order.network);
        simulated_fetch way(order.what, network);
        const auto start = std::chrono::steady_clock::now();
        for (auto time = way.next({}); time; time = way.next(std::chrono::steady_clock::now() - start))
            std::this_thread::sleep_until(start + *time);
        return way.end();
    }

    bool save(const document& d, const std::string& name) {
        const auto body = [this, rest = document_body(d)](std::span<char> room) mutable {
            const std::size_t bytes = rest(room);
            if (bytes == 0) die_at(moment::written);
            return bytes;
        };
        const bool written = saver_->save(name, body) == save_result::written;
        die_at(moment::saved);
        return written;
    }

    // So that a job which kills its workers does not go round for ever.
    void bury(job_queue& queue, const taken_job& job, const document& d) const {
        const std::string last = queue.last_reason(job);
        const fetched none{d.id, {fetch_status::gave_up, 0}, 0};
        queue.finish(job, text_of({none, {}, settings_.number}),
                     "given out " + std::to_string(settings_.policy.most_deliveries) + " times; " +
                         (last.empty() ? "no worker lived to end it" : "at last: " + last));
    }

    // Another worker has ended the job. If it said that there is no such file, there is none.
    void take_back(job_queue& queue, const taken_job& job, const std::string& name) const {
        if (queue.has_failed(job.text)) saver_->remove(name);
    }

    static std::string reason_of(const fetch_end& end) {
        switch (end.status) {
            case fetch_status::arrived:
                return {};
            case fetch_status::refused:
                return "refused";
            case fetch_status::gave_up:
                break;
        }
        return "failed " + std::to_string(end.attempts) + " times";
    }

    void die_at(moment now) const {
        if (settings_.killed == now) raise(SIGKILL);
    }

    const worker_settings& settings_;
    const std::string name_;
    std::string left_{};  // the queue that told it to stop
    std::optional<file_saver> saver_;
};

}  // namespace

void work(const worker_settings& settings) {
    download_worker worker(settings);
    for (unsigned lost = 0;;) {
        try {
            return worker.serve(lost);
        } catch (const redis_lost&) {
            if (++lost > most_reconnections) throw;
        } catch (const redis_refused&) {
            // There is no such queue, or not yet.
            if (!settings.stays && ++lost > most_tries_for_the_queue) throw;
        }
        std::this_thread::sleep_for(between_tries);
    }
}

}  // namespace handoff
