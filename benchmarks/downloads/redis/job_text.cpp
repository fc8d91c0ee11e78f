#include "job_text.hpp"

#include <charconv>
#include <initializer_list>
#include <stdexcept>
#include <system_error>

namespace handoff {
namespace {

std::string numbers(std::initializer_list<std::uint64_t> all) {
    std::string text;
    for (const std::uint64_t one : all) text += (text.empty() ? "" : " ") + std::to_string(one);
    return text;
}

std::uint64_t count_of(std::chrono::nanoseconds time) {
    return static_cast<std::uint64_t>(time.count());
}

// Takes the numbers of a text one by one.
class number_reader {
public:
    explicit number_reader(std::string_view text) : whole_(text), rest_(text) {}

    std::uint64_t next() {
        std::uint64_t value = 0;
        const auto [stopped, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (error != std::errc{}) refuse();
        rest_.remove_prefix(static_cast<std::size_t>(stopped - rest_.data()));
        if (rest_.starts_with(' ')) rest_.remove_prefix(1);
        return value;
    }
    std::chrono::nanoseconds next_time() {
        return std::chrono::nanoseconds(static_cast<std::int64_t>(next()));
    }
    unsigned next_small() { return static_cast<unsigned>(next()); }

    void at_end() const {
        if (!rest_.empty()) refuse();
    }

private:
    [[noreturn]] void refuse() const {
        throw std::invalid_argument("'" + std::string(whole_) + "' is no text of a job");
    }

    std::string_view whole_;
    std::string_view rest_;
};

}  // namespace

std::string text_of(const download_order& order) {
    const document& d = order.what;
    const retry_policy& retries = order.network.retries;
    return numbers({d.id, count_of(d.latency), d.bytes, d.failures, d.permanent ? 1U : 0U, d.bytes_per_second,
                    retries.attempts, count_of(retries.first_bound), count_of(retries.highest_bound),
                    order.network.seed});
}

download_order order_of(std::string_view text) {
    number_reader from(text);
    download_order order{};
    document& d = order.what;
    retry_policy& retries = order.network.retries;
    d.id = from.next();
    d.latency = from.next_time();
    d.bytes = from.next();
    d.failures = from.next_small();
    d.permanent = from.next() != 0;
    d.bytes_per_second = from.next();
    retries.attempts = from.next_small();
    retries.first_bound = from.next_time();
    retries.highest_bound = from.next_time();
    order.network.seed = from.next();
    from.at_end();
    return order;
}

std::string text_of(const download_report& report) {
    const fetched& r = report.result;
    return numbers({r.index, static_cast<std::uint64_t>(r.end.status), r.end.attempts, r.digest,
                    count_of(report.under_way), report.worker});
}

download_report report_of(std::string_view text) {
    number_reader from(text);
    download_report report{};
    fetched& r = report.result;
    r.index = from.next();
    r.end.status = static_cast<fetch_status>(from.next());
    r.end.attempts = from.next_small();
    r.digest = from.next();
    report.under_way = from.next_time();
    report.worker = from.next();
    from.at_end();
    return report;
}

}  // namespace handoff
