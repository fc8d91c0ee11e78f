#include "network.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "mixed.hpp"

namespace handoff {
namespace {

std::chrono::nanoseconds transfer_time(double bytes_per_second, std::size_t bytes) {
    if (bytes_per_second <= 0.0) return {};
    const double seconds = static_cast<double>(bytes) / bytes_per_second;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

std::chrono::nanoseconds own_transfer_time(const document& d) {
    return transfer_time(static_cast<double>(d.bytes_per_second), d.bytes);
}

}  // namespace

fetch_end expected_end(const document& d, const retry_policy& retries) {
    if (d.permanent) return {fetch_status::refused, 1};
    if (d.failures >= retries.attempts) return {fetch_status::gave_up, retries.attempts};
    return {fetch_status::arrived, d.failures + 1};
}

std::chrono::nanoseconds pause_after(const network_spec& spec, const document& d, unsigned attempt) {
    std::chrono::nanoseconds bound = spec.retries.first_bound;
    for (unsigned i = 0; i < attempt && bound < spec.retries.highest_bound; ++i) bound *= 2;
    bound = std::min(bound, spec.retries.highest_bound);
    const double share = even_share(mixed(mixed(spec.seed) ^ d.id) ^ attempt);
    return std::chrono::nanoseconds(static_cast<std::int64_t>(share * static_cast<double>(bound.count())));
}

std::chrono::nanoseconds time_under_way(const network_spec& spec, const document& d) {
    const fetch_end end = expected_end(d, spec.retries);
    std::chrono::nanoseconds sum = end.attempts * d.latency;
    for (unsigned attempt = 0; attempt + 1 < end.attempts; ++attempt) sum += pause_after(spec, d, attempt);
    if (end.status == fetch_status::arrived)
        sum += std::max(transfer_time(spec.bytes_per_second, d.bytes), own_transfer_time(d));
    return sum;
}

simulated_network::simulated_network(const network_spec& spec) : spec_(spec) {
    void* const page =
        mmap(nullptr, sizeof(shared_time), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) throw std::bad_alloc();
    link_free_.reset(new (page) shared_time(0));
}

void simulated_network::unmap::operator()(shared_time* page) const {
    munmap(page, sizeof(shared_time));
}

job_time simulated_network::transfer(job_time now, std::size_t bytes) {
    const std::int64_t taken = transfer_time(spec_.bytes_per_second, bytes).count();
    // relaxed: nothing but the time itself is handed over.
    std::int64_t free = link_free_->load(std::memory_order_relaxed);
    std::int64_t done = 0;
    do {
        done = std::max(free, now.count()) + taken;
    } while (!link_free_->compare_exchange_weak(free, done, std::memory_order_relaxed));
    return job_time(done);
}

job_time simulated_network::arrival(job_time now, const document& d) {
    const job_time own = now + own_transfer_time(d);
    return spec_.bytes_per_second > 0.0 ? std::max(own, transfer(now, d.bytes)) : own;
}

std::optional<job_time> simulated_fetch::next(job_time now) {
    switch (stage_) {
        case stage::request:
            stage_ = stage::answer;
            return now + document_->latency;
        case stage::answer:
            return answered(now);
        case stage::transfer:
            break;
    }
    return std::nullopt;
}

std::optional<job_time> simulated_fetch::answered(job_time now) {
    ++attempts_;
    if (document_->permanent) return ended(fetch_status::refused);
    if (attempts_ <= document_->failures) {
        if (attempts_ == network_->spec().retries.attempts) return ended(fetch_status::gave_up);
        stage_ = stage::request;
        return now + pause_after(network_->spec(), *document_, attempts_ - 1);
    }
    ended(fetch_status::arrived);
    const job_time arrival = network_->arrival(now, *document_);
    if (arrival == now) return std::nullopt;
    return arrival;
}

std::optional<job_time> simulated_fetch::ended(fetch_status status) {
    status_ = status;
    stage_ = stage::transfer;
    return std::nullopt;
}

}  // namespace handoff
