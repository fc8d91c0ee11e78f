#include "download_network.hpp"

#include <algorithm>

#include "mixed.hpp"

namespace handoff {
namespace {

// Even between 0 and 1.
double even(std::uint64_t value) {
    return static_cast<double>(mixed(value) >> 11) * 0x1p-53;
}

std::chrono::nanoseconds transfer_time(double bytes_per_second, std::size_t bytes) {
    if (bytes_per_second <= 0.0) return {};
    const double seconds = static_cast<double>(bytes) / bytes_per_second;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
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
    const double share = even(mixed(mixed(spec.seed) ^ d.id) ^ attempt);
    return std::chrono::nanoseconds(static_cast<std::int64_t>(share * static_cast<double>(bound.count())));
}

std::chrono::nanoseconds time_under_way(const network_spec& spec, const document& d) {
    const fetch_end end = expected_end(d, spec.retries);
    std::chrono::nanoseconds sum = end.attempts * d.latency;
    for (unsigned attempt = 0; attempt + 1 < end.attempts; ++attempt) sum += pause_after(spec, d, attempt);
    if (end.status == fetch_status::arrived) sum += transfer_time(spec.bytes_per_second, d.bytes);
    return sum;
}

job_time simulated_network::transfer(job_time now, std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    link_free_ = std::max(link_free_, now) + transfer_time(spec_.bytes_per_second, bytes);
    return link_free_;
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
    if (network_->spec().bytes_per_second <= 0.0) return std::nullopt;
    return network_->transfer(now, document_->bytes);
}

std::optional<job_time> simulated_fetch::ended(fetch_status status) {
    status_ = status;
    stage_ = stage::transfer;
    return std::nullopt;
}

}  // namespace handoff
