// A connection to a Redis server: commands and their replies (hiredis).
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "url.hpp"

struct redisContext;

namespace handoff {

// The server cannot be reached any more. Whether it has carried out the last command is not known.
struct redis_lost : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// What the server answered to a command that it did not carry out.
struct redis_refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct redis_value {
    bool nil = false;
    long long number = 0;
    std::string text{};
    std::vector<redis_value> list{};
};

using redis_words = std::vector<std::string>;

class redis_connection {
public:
    // `patience`: how long an answer may take. Throws redis_lost.
    explicit redis_connection(const redis_url& url,
                              std::chrono::milliseconds patience = std::chrono::seconds(10));

    // Throws redis_lost and redis_refused.
    redis_value command(const redis_words& words);

    // All are sent before the first answer is read.
    std::vector<redis_value> commands(const std::vector<redis_words>& all);

private:
    struct closed {
        void operator()(redisContext* context) const;
    };

    [[noreturn]] void lost() const;
    void send(const redis_words& words);
    redis_value receive();

    std::string url_;
    std::unique_ptr<redisContext, closed> context_;
};

}  // namespace handoff
