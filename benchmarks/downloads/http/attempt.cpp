#include "attempt.hpp"

#include <stdexcept>

#include "body.hpp"
#include "request_target.hpp"

namespace handoff {
namespace {

constexpr long status_ok = 200;

// What is read in one call: most documents, where 16 KiB, libcurl's own, are a part of many.
constexpr long receive_buffer = 64 * 1024;

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
    if (const CURLcode result = curl_easy_setopt(handle, option, value); result != CURLE_OK)
        throw std::runtime_error("libcurl refuses option " + std::to_string(static_cast<int>(option)) + ": " +
                                 curl_easy_strerror(result));
}

long number(CURL* handle, CURLINFO info) {
    long value = 0;
    if (const CURLcode result = curl_easy_getinfo(handle, info, &value); result != CURLE_OK)
        throw std::runtime_error("libcurl does not tell number " + std::to_string(static_cast<int>(info)) +
                                 ": " + curl_easy_strerror(result));
    return value;
}

// Before any other thread uses libcurl.
CURL* made() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL* const handle = ready == CURLE_OK ? curl_easy_init() : nullptr;
    if (handle == nullptr) throw std::runtime_error("libcurl makes no handle");
    return handle;
}

void set_limits(CURL* handle, const http_limits& limits) {
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connecting.count()));
    set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.attempt.count()));
    set(handle, CURLOPT_LOW_SPEED_LIMIT, limits.slow_bytes_per_second);
    set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.slow_for.count()));
    set(handle, CURLOPT_FOLLOWLOCATION, 1L);
    set(handle, CURLOPT_MAXREDIRS, limits.redirects);
}

}  // namespace

http_attempt::http_attempt(const std::string& origin, const http_limits& limits)
    : origin_(origin), handle_(made()) {
    CURL* const handle = handle_.get();
    set_limits(handle, limits);
    set(handle, CURLOPT_NOSIGNAL, 1L);  // timeouts by signals and threads do not go together
    set(handle, CURLOPT_PROTOCOLS_STR, "http");
    set(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http");
    set(handle, CURLOPT_PROXY, "");  // whatever the environment says
    set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(handle, CURLOPT_BUFFERSIZE, receive_buffer);
    set(handle, CURLOPT_WRITEFUNCTION, &http_attempt::receive);
    set(handle, CURLOPT_WRITEDATA, static_cast<void*>(this));
}

void http_attempt::prepare(const document& d, unsigned attempt) {
    document_ = &d;
    received_ = 0;
    damaged_ = false;
    const request_target target{.document = d.id, .attempt = attempt, .asked = steady_now()};
    const std::string url = origin_ + target.text();
    set(handle_.get(), CURLOPT_URL, url.c_str());  // libcurl copies it
}

attempt_end http_attempt::perform() {
    return end(curl_easy_perform(handle_.get()));
}

attempt_end http_attempt::end(CURLcode result) const {
    CURL* const handle = handle_.get();
    const long status = number(handle, CURLINFO_RESPONSE_CODE);
    return {.failure = failure_of(result, status),
            .status = status,
            .requests = 1 + static_cast<unsigned>(number(handle, CURLINFO_REDIRECT_COUNT)),
            .connections = static_cast<unsigned>(number(handle, CURLINFO_NUM_CONNECTS))};
}

// Less than it is given makes libcurl end the transfer.
std::size_t http_attempt::receive(char* bytes, std::size_t, std::size_t count, void* self) {
    return static_cast<http_attempt*>(self)->take({bytes, count}) ? count : 0;
}

bool http_attempt::take(std::span<const char> bytes) {
    // Called by C, so it throws nothing; a status that is not told stays 0.
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != status_ok) return true;  // what an error says is not looked at
    damaged_ = bytes.size() > document_->bytes - received_ || !has_piece(document_->id, received_, bytes);
    received_ += bytes.size();
    return !damaged_;
}

http_failure http_attempt::failure_of(CURLcode result, long status) const {
    switch (result) {
        case CURLE_OK:
            if (status != status_ok) return http_failure::status;
            return received_ == document_->bytes ? http_failure::none : http_failure::truncated;
        case CURLE_WRITE_ERROR:
            return damaged_ ? http_failure::damaged : http_failure::other;
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_GOT_NOTHING:
            return http_failure::reset;
        case CURLE_PARTIAL_FILE:
            return http_failure::truncated;
        case CURLE_OPERATION_TIMEDOUT:
            return received_ > 0 ? http_failure::too_slow : http_failure::timed_out;
        case CURLE_TOO_MANY_REDIRECTS:
            return http_failure::redirects;
        case CURLE_COULDNT_CONNECT:
            return http_failure::unreachable;
        default:
            return http_failure::other;
    }
}

}  // namespace handoff
