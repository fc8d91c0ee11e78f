#include "request_target.hpp"

#include <charconv>
#include <chrono>
#include <system_error>

namespace handoff {

std::string request_target::text() const {
    return "/" + std::to_string(document) + "/" + std::to_string(attempt) + "/" + std::to_string(redirects) +
           "/" + std::to_string(asked.count());
}

std::optional<request_target> request_target::parsed(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto take = [&](auto& number) {
        if (at == end || *at != '/') return false;
        const auto [stopped, error] = std::from_chars(at + 1, end, number);
        at = stopped;
        return error == std::errc{};
    };
    request_target target;
    std::int64_t asked = 0;
    const bool is_target =
        take(target.document) && take(target.attempt) && take(target.redirects) && take(asked) && at == end;
    if (!is_target) return std::nullopt;
    target.asked = job_time(asked);
    return target;
}

job_time steady_now() {
    return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace handoff
