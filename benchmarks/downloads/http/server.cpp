#include "server.hpp"

#include <unistd.h>

#include <utility>  // Boost 1.74 forgets it

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "body.hpp"
#include "request_target.hpp"

namespace handoff {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr unsigned http_1_1 = 11;
// Of a document: in one call, or, where it is to come at a pace, in pieces of this many bytes, or as many as
// are due in that time: what is slow comes little by little, and not all at its end.
constexpr std::size_t most_at_once = 64 * 1024;
constexpr std::size_t longest_paced_piece = 16 * 1024;
constexpr double most_ns_for_a_piece = 50e6;

// What is short of Content-Length by much, whatever the document's size.
constexpr std::size_t trickled_length = 1 << 20;

// What all connections share; of one thread.
struct service {
    const server_options& options;
    simulated_network link;
    std::uint64_t requests = 0;
};

// What is sent of a document, and when.
struct sending {
    std::size_t announced = 0;  // Content-Length
    std::size_t bytes = 0;      // that are really sent
    std::size_t piece = most_at_once;
    job_time last{0};  // when the last of them is due
    double ns_per_byte = 0.0;
    std::size_t sent = 0;

    job_time due(std::size_t after) const {
        const auto before_last = static_cast<double>(bytes - after) * ns_per_byte;
        return last - job_time(static_cast<std::int64_t>(before_last));
    }
};

// By the slower of the link and the document's own way; 0: neither has a limit.
double ns_per_byte(const network_spec& network, const document& d) {
    double most = 0.0;
    for (const double rate : {network.bytes_per_second, static_cast<double>(d.bytes_per_second)})
        if (rate > 0.0) most = std::max(most, 1e9 / rate);
    return most;
}

std::size_t piece_at(double ns_per_byte) {
    if (ns_per_byte == 0.0) return most_at_once;
    const double bytes = std::min(most_ns_for_a_piece / ns_per_byte, 1.0 * longest_paced_piece);
    return std::max<std::size_t>(1, static_cast<std::size_t>(bytes));
}

// What `what` makes of a document. Only one that comes takes its share of the link and its own rate, as on
// the simulated network.
sending plan_of(const document& d, accident what, service& shared) {
    const double pace = ns_per_byte(shared.options.network, d);
    switch (what) {
        case accident::reset:
        case accident::truncated:
            return {.announced = std::max<std::size_t>(d.bytes, 1), .bytes = d.bytes / 2};
        case accident::garbled: {
            const std::size_t bytes = std::max<std::size_t>(d.bytes, 1);
            return {.announced = bytes, .bytes = bytes};
        }
        case accident::trickled: {
            const auto pause = std::chrono::nanoseconds(shared.options.trickle);
            return {.announced = std::max(d.bytes, trickled_length),
                    .bytes = d.bytes,
                    .piece = 1,
                    .last = steady_now() + pause * static_cast<std::int64_t>(d.bytes),
                    .ns_per_byte = static_cast<double>(pause.count())};
        }
        default:
            return {.announced = d.bytes,
                    .bytes = d.bytes,
                    .piece = piece_at(pace),
                    .last = shared.link.arrival(steady_now(), d),
                    .ns_per_byte = pace};
    }
}

// A connection, and its requests one after the other. It lives as long as something that it has begun.
class session : public std::enable_shared_from_this<session> {
public:
    session(tcp::socket socket, service& shared)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), shared_(shared) {}

    void read() {
        request_ = {};
        http::async_read(socket_, buffer_, request_,
                         [self = shared_from_this()](error_code error, std::size_t) {
                             if (!error) self->begin();
                         });
    }

private:
    // The latency is that of the first answer, be it a redirect, and runs from when the client asked: the way
    // here is a part of it, as on the simulated network.
    void begin() {
        ++shared_.requests;
        const auto text = request_.target();
        const std::optional<request_target> wanted = request_target::parsed({text.data(), text.size()});
        if (!wanted || wanted->document >= shared_.options.documents.size())
            return send(http::status::bad_request);
        target_ = *wanted;
        document_ = &shared_.options.documents[target_.document];
        what_ = accident_of(shared_.options.accidents, *document_, target_.attempt);
        const bool first = target_.redirects == 0;
        const job_time asked = std::min(target_.asked, steady_now());
        at(first ? asked + document_->latency : job_time(0), [](session& self) { self.answer(); });
    }

    void answer() {
        if (what_ == accident::circular ||
            target_.redirects < redirects_of(shared_.options.accidents, *document_))
            return redirect();
        switch (what_) {
            case accident::missing:
                return send(http::status::not_found);
            case accident::error_500:
                return send(http::status::internal_server_error);
            case accident::silent:
                return await_end();
            default:
                return send_document();
        }
    }

    void redirect() {
        ++target_.redirects;
        send(http::status::found, target_.text());
    }

    void send(http::status status, const std::string& location = {}) {
        short_answer_ = http::response<http::string_body>(status, http_1_1);
        if (!location.empty()) short_answer_.set(http::field::location, location);
        const auto reason =
            http::obsolete_reason(status);  // a string_view of Boost's or of the standard library's
        short_answer_.body().assign(reason.data(), reason.size());
        short_answer_.prepare_payload();
        http::async_write(socket_, short_answer_, [self = shared_from_this()](error_code error, std::size_t) {
            if (!error) self->read();
        });
    }

    void send_document() {
        sending_ = plan_of(*document_, what_, shared_);
        serializer_.reset();
        answer_ = http::response<http::buffer_body>(http::status::ok, http_1_1);
        answer_.content_length(sending_.announced);
        serializer_.emplace(answer_);
        send_piece();
    }

    // The next piece when its last byte is due.
    void send_piece() {
        const std::size_t most = std::min(sending_.piece, sending_.bytes - sending_.sent);
        piece_ = body_piece(target_.document, sending_.sent, most);
        at(sending_.due(sending_.sent + piece_.size()), [](session& self) { self.write_piece(); });
    }

    void write_piece() {
        if (what_ == accident::garbled) garble_piece();
        http::buffer_body::value_type& body = answer_.body();
        body.data = const_cast<char*>(piece_.data());  // as Beast wants it, to read from
        body.size = piece_.size();
        body.more = sending_.sent + piece_.size() < sending_.announced;
        http::async_write(socket_, *serializer_, [self = shared_from_this()](error_code error, std::size_t) {
            // That says only that there is more to come.
            if (!error || error == http::error::need_buffer) self->wrote_piece();
        });
    }

    void wrote_piece() {
        sending_.sent += piece_.size();
        if (sending_.sent < sending_.bytes) return send_piece();
        switch (what_) {
            case accident::reset:
                return reset();
            case accident::truncated:
                return;  // the connection is closed with its session
            case accident::trickled:
                return await_end();
            default:
                return read();
        }
    }

    void garble_piece() {
        garbled_.assign(piece_.begin(), piece_.end());
        for (char& byte : garbled_) byte = static_cast<char>(~byte);
        piece_ = garbled_;
    }

    // With nothing to linger for, closing is a reset (socket(7), SO_LINGER).
    void reset() {
        error_code ignored;  // the client may have gone; then there is nothing to reset
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
    }

    // Until the client has had enough.
    void await_end() {
        socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code) {});
    }

    template <class Step>
    void at(job_time time, Step step) {
        if (time <= steady_now()) return step(*this);
        timer_.expires_at(std::chrono::steady_clock::time_point(time));
        timer_.async_wait([self = shared_from_this(), step](error_code error) {
            if (!error) step(*self);
        });
    }

    tcp::socket socket_;
    asio::steady_timer timer_;
    service& shared_;
    boost::beast::flat_buffer buffer_;
    http::request<http::empty_body> request_;
    http::response<http::string_body> short_answer_;
    http::response<http::buffer_body> answer_;
    std::optional<http::response_serializer<http::buffer_body>> serializer_;

    // The request that is being answered.
    request_target target_;
    const document* document_ = nullptr;
    accident what_ = accident::none;
    sending sending_;
    std::span<const char> piece_;
    std::vector<char> garbled_;
};

class listener {
public:
    listener(asio::io_context& loop, service& shared)
        : shared_(shared),
          acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          pause_(loop) {}

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    void accept() {
        acceptor_.async_accept([this](error_code error, tcp::socket socket) {
            if (error) return accept_later();
            error_code ignored;  // the client may have gone
            socket.set_option(tcp::no_delay(true), ignored);
            std::make_shared<session>(std::move(socket), shared_)->read();
            accept();
        });
    }

private:
    // Mostly because there are no descriptors left; those that wait are not lost.
    void accept_later() {
        pause_.expires_after(std::chrono::milliseconds(10));
        pause_.async_wait([this](error_code) { accept(); });
    }

    service& shared_;
    tcp::acceptor acceptor_;
    asio::steady_timer pause_;
};

// Ends the loop when whoever holds the other end of standard input does, or closes it.
class lifeline {
public:
    explicit lifeline(asio::io_context& loop) : loop_(loop), input_(loop, dup(STDIN_FILENO)) {}

    void watch() {
        input_.async_read_some(asio::buffer(ignored_), [this](error_code error, std::size_t) {
            if (error) return loop_.stop();
            watch();
        });
    }

private:
    asio::io_context& loop_;
    asio::posix::stream_descriptor input_;
    std::array<char, 256> ignored_{};
};

}  // namespace

std::uint64_t serve(const server_options& options, const std::function<void(std::uint16_t)>& listening) {
    service shared{options, simulated_network(options.network)};
    asio::io_context loop(1);
    lifeline parent(loop);
    listener clients(loop, shared);
    parent.watch();
    clients.accept();
    listening(clients.port());
    loop.run();
    return shared.requests;
}

}  // namespace handoff
