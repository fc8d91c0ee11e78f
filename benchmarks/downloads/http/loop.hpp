// Many documents over HTTP on one thread: libcurl's multi handle, told by epoll which of its sockets are
// ready. By curl_multi_perform it would look at every transfer each time.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "attempt.hpp"
#include "downloads/job/transport.hpp"
#include "downloads/processes/descriptor.hpp"
#include "retries.hpp"

namespace handoff {

class http_loop : public download_loop {
public:
    // What is given by reference must outlive the loop.
    http_loop(const std::string& origin, const http_limits& limits, const network_spec& network,
              shared_book& book);
    http_loop(const http_loop&) = delete;  // libcurl knows its address
    http_loop& operator=(const http_loop&) = delete;
    ~http_loop() override;

    void start(const document& d) override;
    std::vector<ended_fetch> wait() override;

private:
    using time = std::chrono::steady_clock::time_point;

    // A place for a document under way.
    struct place {
        http_attempt attempt;
        std::optional<retries> way{};
        place(const std::string& origin, const http_limits& limits) : attempt(origin, limits) {}
    };
    struct pause {
        time until;
        place* whose;
        bool operator>(const pause& other) const { return until > other.until; }
    };
    struct cleanup {
        void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
    };

    static int on_socket(CURL* transfer, curl_socket_t socket, int what, void* self, void* known);
    static int on_timer(CURLM* multi, long ms, void* self);

    place& free_place();
    void attempt(place& at);
    void resume_paused();
    void act_on_sockets();
    void act(curl_socket_t socket, int events);
    void collect_ended();
    void attempt_ended(place& at, CURLcode result);
    int milliseconds_to_wait() const;

    const std::string origin_;
    const http_limits limits_;
    const network_spec network_;
    shared_book& book_;

    descriptor epoll_;
    std::vector<std::unique_ptr<place>> places_;
    std::vector<place*> free_;
    std::optional<time> timer_;  // when libcurl wants to be called
    std::priority_queue<pause, std::vector<pause>, std::greater<>> pauses_;
    std::vector<ended_fetch> ended_;
    const std::unique_ptr<CURLM, cleanup> multi_;  // the last: its end calls back
};

}  // namespace handoff
