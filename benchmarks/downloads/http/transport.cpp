#include "transport.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <thread>
#include <utility>

#include "loop.hpp"

namespace handoff {
namespace {

accident_spec seeded(accident_spec accidents, std::uint64_t seed) {
    accidents.seed = seed;
    return accidents;
}

// How an attempt ends that meets this.
http_failure failure_by(accident what) {
    switch (what) {
        case accident::none:
            return http_failure::none;
        case accident::reset:
            return http_failure::reset;
        case accident::error_500:
        case accident::missing:
            return http_failure::status;
        case accident::truncated:
            return http_failure::truncated;
        case accident::garbled:
            return http_failure::damaged;
        case accident::trickled:
            return http_failure::too_slow;
        case accident::circular:
            return http_failure::redirects;
        case accident::silent:
            return http_failure::timed_out;
    }
    std::abort();
}

using attempt_id = std::pair<std::uint64_t, unsigned>;  // document, attempt

std::string text_of(attempt_id id) {
    return "document " + std::to_string(id.first) + ", attempt " + std::to_string(id.second + 1) + ": ";
}

std::string text_of(const attempt_end& end) {
    const std::string why(name_of(end.failure));
    return end.failure == http_failure::status ? why + " " + std::to_string(end.status) : why;
}

// Each attempt of each document: the one that is not as it should be, or nothing.
std::string check_attempts(const std::vector<document>& documents, const network_spec& network,
                           const accident_spec& accidents, const attempt_book& book) {
    std::map<attempt_id, attempt_end> failed;
    for (const failed_attempt& one : book.failed) {
        const attempt_id id{one.document, one.attempt};
        if (!failed.emplace(id, one.end).second) return "unverified: " + text_of(id) + "made twice";
    }
    for (const document& d : documents)
        for (unsigned i = 0; i < expected_end(d, network.retries).attempts; ++i) {
            const attempt_id id{d.id, i};
            const accident met = accident_of(accidents, d, i);
            const auto found = failed.extract(id);
            const attempt_end end = found.empty() ? attempt_end{} : found.mapped();
            if (end.failure != failure_by(met))
                return "unverified: " + text_of(id) + text_of(end) + ", but what it met was " +
                       std::string(name_of(met));
        }
    if (failed.empty()) return {};
    const auto& [id, end] = *failed.begin();
    return "unverified: " + text_of(id) + text_of(end) + ", but there should have been no such attempt";
}

}  // namespace

http_transport::http_transport(const std::vector<document>& documents, const network_spec& network,
                               const http_setup& setup)
    : documents_(documents),
      network_(network),
      accidents_(seeded(setup.accidents, network.seed)),
      limits_(setup.limits),
      server_(setup.server, {.documents = documents_,
                             .bytes_per_second = network.bytes_per_second,
                             .accidents = accidents_,
                             .trickle = setup.trickle}),
      origin_("http://127.0.0.1:" + std::to_string(server_.port())) {
    // libcurl's own start takes milliseconds, which are no part of any download.
    give_back(std::make_unique<http_attempt>(origin_, limits_));
}

fetch_end http_transport::fetch(const document& d) {
    std::unique_ptr<http_attempt> handle = take();
    retries way(d, network_, book_);
    while (true) {
        handle->prepare(d, way.attempt());
        const auto pause = way.after(handle->perform());
        if (!pause) break;
        std::this_thread::sleep_for(*pause);
    }
    give_back(std::move(handle));
    return way.end();
}

std::unique_ptr<download_loop> http_transport::loop() {
    return std::make_unique<http_loop>(origin_, limits_, network_, book_);
}

std::string http_transport::check() {
    const server_end server = server_.stop();
    if (!server.error.empty()) return "failed: " + server.error;
    const attempt_book book = book_.read();
    const std::string wrong = check_attempts(documents_, network_, accidents_, book);
    if (!wrong.empty()) return wrong;
    if (server.requests != book.requests)
        return "unverified: the server had " + std::to_string(server.requests) +
               " requests, and its clients made " + std::to_string(book.requests);
    return {};
}

void http_transport::add_figures(figures& values) const {
    const attempt_book book = book_.read();
    values.emplace_back("requests", static_cast<double>(book.requests));
    values.emplace_back("connections", static_cast<double>(book.connections));
    for (std::size_t i = 1; i < http_failure_names.size(); ++i) {
        const auto why = static_cast<http_failure>(i);
        const auto count = std::ranges::count_if(
            book.failed, [why](const failed_attempt& one) { return one.end.failure == why; });
        values.emplace_back("attempts_" + std::string(name_of(why)), static_cast<double>(count));
    }
}

std::unique_ptr<http_attempt> http_transport::take() {
    {
        const std::scoped_lock lock(mutex_);
        if (!idle_.empty()) {
            std::unique_ptr<http_attempt> handle = std::move(idle_.back());
            idle_.pop_back();
            return handle;
        }
    }
    return std::make_unique<http_attempt>(origin_, limits_);
}

void http_transport::give_back(std::unique_ptr<http_attempt> handle) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(handle));
}

transport_maker http_downloads(const http_setup& setup) {
    return [setup](const std::vector<document>& documents, const network_spec& network) {
        return std::make_unique<http_transport>(documents, network, setup);
    };
}

}  // namespace handoff
