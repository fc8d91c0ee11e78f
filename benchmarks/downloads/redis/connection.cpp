#include "connection.hpp"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <csignal>
#include <cstddef>

namespace handoff {
namespace {

timeval as_timeval(std::chrono::milliseconds time) {
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(time);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(time - whole);
    return {.tv_sec = whole.count(), .tv_usec = rest.count()};
}

redisContext* connected(const redis_url& url, const timeval& patience) {
    if (!url.socket.empty()) return redisConnectUnixWithTimeout(url.socket.c_str(), patience);
    return redisConnectWithTimeout(url.host.c_str(), url.port, patience);
}

redis_value value_of(const redisReply& reply) {
    redis_value value;
    value.nil = reply.type == REDIS_REPLY_NIL;
    value.number = reply.integer;
    if (reply.str != nullptr) value.text.assign(reply.str, reply.len);
    for (std::size_t i = 0; i < reply.elements; ++i) value.list.push_back(value_of(*reply.element[i]));
    return value;
}

struct free_reply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

}  // namespace

void redis_connection::closed::operator()(redisContext* context) const {
    redisFree(context);
}

redis_connection::redis_connection(const redis_url& url, std::chrono::milliseconds patience)
    : url_(url.text()), context_(connected(url, as_timeval(patience))) {
    // A server that has gone is an error to be told, not the end of this process: hiredis writes with
    // write(2).
    std::signal(SIGPIPE, SIG_IGN);
    if (context_ == nullptr) throw redis_lost("no memory for a connection to '" + url_ + "'");
    if (context_->err != 0) lost();
    if (redisSetTimeout(context_.get(), as_timeval(patience)) != REDIS_OK) lost();
    // Not for the programs that this process starts.
    fcntl(context_->fd, F_SETFD, FD_CLOEXEC);
}

void redis_connection::lost() const {
    throw redis_lost("Redis server '" + url_ + "' cannot be reached: " + context_->errstr);
}

redis_value redis_connection::command(const redis_words& words) {
    send(words);
    return receive();
}

std::vector<redis_value> redis_connection::commands(const std::vector<redis_words>& all) {
    for (const redis_words& words : all) send(words);
    std::vector<redis_value> values;
    values.reserve(all.size());
    std::string refused;
    for (std::size_t i = 0; i < all.size(); ++i) {
        try {
            values.push_back(receive());
        } catch (const redis_refused& e) {
            // The other answers come all the same.
            refused = e.what();
        }
    }
    if (!refused.empty()) throw redis_refused(refused);
    return values;
}

void redis_connection::send(const redis_words& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), texts.data(), sizes.data()) !=
        REDIS_OK)
        lost();
}

redis_value redis_connection::receive() {
    void* answer = nullptr;
    if (redisGetReply(context_.get(), &answer) != REDIS_OK) lost();
    const std::unique_ptr<redisReply, free_reply> reply(static_cast<redisReply*>(answer));
    if (reply->type == REDIS_REPLY_ERROR)
        throw redis_refused("Redis server '" + url_ + "': " + std::string(reply->str, reply->len));
    return value_of(*reply);
}

}  // namespace handoff
