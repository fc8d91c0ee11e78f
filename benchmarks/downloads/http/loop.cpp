#include "loop.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace handoff {
namespace {

void check(CURLMcode result) {
    if (result != CURLM_OK)
        throw std::runtime_error(std::string("libcurl's multi handle: ") + curl_multi_strerror(result));
}

std::uint32_t epoll_events(int what) {
    std::uint32_t events = 0;
    if ((what & CURL_POLL_IN) != 0) events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) events |= EPOLLOUT;
    return events;
}

int curl_events(std::uint32_t events) {
    int what = 0;
    if ((events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
    if ((events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
    return what;
}

}  // namespace

http_loop::http_loop(const std::string& origin, const http_limits& limits, const network_spec& network,
                     shared_book& book)
    : origin_(origin),
      limits_(limits),
      network_(network),
      book_(book),
      epoll_(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"),
      multi_(curl_multi_init()) {
    if (!multi_) throw std::runtime_error("libcurl makes no multi handle");
    CURLM* const multi = multi_.get();
    check(curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &http_loop::on_socket));
    check(curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, static_cast<void*>(this)));
    check(curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &http_loop::on_timer));
    check(curl_multi_setopt(multi, CURLMOPT_TIMERDATA, static_cast<void*>(this)));
}

// As libcurl wants it: no handle is cleaned up while it is in the multi handle.
http_loop::~http_loop() {
    for (const std::unique_ptr<place>& one : places_)
        curl_multi_remove_handle(multi_.get(), one->attempt.handle());
}

void http_loop::start(const document& d) {
    place& at = free_place();
    at.way.emplace(d, network_, book_);
    attempt(at);
}

std::vector<ended_fetch> http_loop::wait() {
    while (ended_.empty()) {
        act_on_sockets();
        if (timer_ && std::chrono::steady_clock::now() >= *timer_) {
            timer_.reset();
            act(CURL_SOCKET_TIMEOUT, 0);
        }
        collect_ended();
        resume_paused();
    }
    return std::exchange(ended_, {});
}

http_loop::place& http_loop::free_place() {
    if (free_.empty()) {
        places_.push_back(std::make_unique<place>(origin_, limits_));
        return *places_.back();
    }
    place& at = *free_.back();
    free_.pop_back();
    return at;
}

void http_loop::attempt(place& at) {
    at.attempt.prepare(at.way->what(), at.way->attempt());
    CURL* const handle = at.attempt.handle();
    curl_easy_setopt(handle, CURLOPT_PRIVATE, static_cast<void*>(&at));
    check(curl_multi_add_handle(multi_.get(), handle));
}

void http_loop::resume_paused() {
    while (!pauses_.empty() && std::chrono::steady_clock::now() >= pauses_.top().until) {
        place& at = *pauses_.top().whose;
        pauses_.pop();
        attempt(at);
    }
}

void http_loop::act_on_sockets() {
    std::array<epoll_event, 64> ready{};
    const int count =
        epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), milliseconds_to_wait());
    if (count < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "epoll_wait");
    for (int i = 0; i < count; ++i)
        act(ready[static_cast<std::size_t>(i)].data.fd,
            curl_events(ready[static_cast<std::size_t>(i)].events));
}

void http_loop::act(curl_socket_t socket, int events) {
    int running = 0;
    check(curl_multi_socket_action(multi_.get(), socket, events, &running));
}

void http_loop::collect_ended() {
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        // The message does not outlive the removal.
        CURL* const handle = message->easy_handle;
        const CURLcode result = message->data.result;
        char* at = nullptr;
        curl_easy_getinfo(handle, CURLINFO_PRIVATE, &at);
        check(curl_multi_remove_handle(multi_.get(), handle));
        attempt_ended(*static_cast<place*>(static_cast<void*>(at)), result);
    }
}

void http_loop::attempt_ended(place& at, CURLcode result) {
    if (const auto pause_time = at.way->after(at.attempt.end(result))) {
        pauses_.push({std::chrono::steady_clock::now() + *pause_time, &at});
        return;
    }
    ended_.push_back({at.way->what().id, at.way->end()});
    free_.push_back(&at);
}

// Until libcurl's timer or the end of a pause, rounded up; -1 if there is neither.
int http_loop::milliseconds_to_wait() const {
    std::optional<time> next = timer_;
    if (!pauses_.empty()) next = next ? std::min(*next, pauses_.top().until) : pauses_.top().until;
    if (!next) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

// Called by libcurl: a socket is to be watched, or no longer. It returns 0, or -1 to abort all transfers.
int http_loop::on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    auto& loop = *static_cast<http_loop*>(self);
    if (what == CURL_POLL_REMOVE) {
        // A socket that is closed has left by itself.
        epoll_ctl(loop.epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
        return 0;
    }
    epoll_event event{};
    event.events = epoll_events(what);
    event.data.fd = socket;
    const int operation = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(loop.epoll_.get(), operation, socket, &event) != 0) return -1;
    // Whatever is not null says that it is watched.
    return curl_multi_assign(loop.multi_.get(), socket, self) == CURLM_OK ? 0 : -1;
}

// Called by libcurl: when it wants to be called, at once where `ms` is 0, or not any more where it is -1.
int http_loop::on_timer(CURLM*, long ms, void* self) {
    auto& loop = *static_cast<http_loop*>(self);
    if (ms < 0) {
        loop.timer_.reset();
    } else {
        loop.timer_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    }
    return 0;
}

}  // namespace handoff
