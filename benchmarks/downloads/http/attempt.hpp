// One attempt to get a document over HTTP: a libcurl handle, and what its end means.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "downloads/job/list.hpp"

namespace handoff {

//   none         the document is here, every byte of it
//   status       the server answered with another status than 200
//   reset        the connection was reset, or closed before an answer
//   truncated    the connection was closed before all of the document was here
//   damaged      what came is not the document
//   too_slow     it came, but too slowly
//   timed_out    no answer came in time
//   redirects    one redirect led to another, too often
//   unreachable  no server listens there
//   other        anything else that libcurl reports
enum class http_failure {
    none,
    status,
    reset,
    truncated,
    damaged,
    too_slow,
    timed_out,
    redirects,
    unreachable,
    other
};

inline constexpr std::array<std::string_view, 10> http_failure_names = {
    "none",     "status",    "reset",     "truncated",   "damaged",
    "too_slow", "timed_out", "redirects", "unreachable", "other"};

constexpr std::string_view name_of(http_failure why) {
    return http_failure_names[static_cast<std::size_t>(why)];
}

struct attempt_end {
    http_failure failure = http_failure::none;
    long status = 0;           // the last that the server answered with; 0: none
    unsigned requests = 1;     // one, and one for each redirect that was followed
    unsigned connections = 0;  // that were opened for it
};

// When a client gives up.
struct http_limits {
    std::chrono::milliseconds connecting{5'000};
    std::chrono::milliseconds attempt{60'000};
    // Slower than that for so long, waiting for the answer included, is too slow. Whole seconds, as libcurl
    // has it.
    long slow_bytes_per_second = 1'000;
    std::chrono::seconds slow_for{30};
    long redirects = 5;
};

class http_attempt {
public:
    // `origin` is http://host:port.
    http_attempt(const std::string& origin, const http_limits& limits);
    http_attempt(const http_attempt&) = delete;  // libcurl knows its address
    http_attempt& operator=(const http_attempt&) = delete;

    // What perform(), or the multi handle that this one is added to, is to do next. Connections are kept.
    void prepare(const document& d, unsigned attempt);
    // In the calling thread, which waits.
    attempt_end perform();

    CURL* handle() const { return handle_.get(); }
    // What libcurl's result means.
    attempt_end end(CURLcode result) const;

private:
    static std::size_t receive(char* bytes, std::size_t size, std::size_t count, void* self);
    bool take(std::span<const char> bytes);
    http_failure failure_of(CURLcode result, long status) const;

    struct cleanup {
        void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    };

    const std::string origin_;
    const std::unique_ptr<CURL, cleanup> handle_;
    const document* document_ = nullptr;
    std::size_t received_ = 0;
    bool damaged_ = false;
};

}  // namespace handoff
