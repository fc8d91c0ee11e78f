#include "downloads/redis/url.hpp"

#include <gtest/gtest.h>

#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

TEST(redis_url_test, hosts_and_sockets_are_read) {
    const redis_url tcp = redis_url::parse("redis://cache.example:7000");
    EXPECT_EQ(tcp.host, "cache.example");
    EXPECT_EQ(tcp.port, 7000);
    EXPECT_EQ(tcp.socket, "");
    EXPECT_EQ(redis_url::parse("redis://10.0.0.7").port, 6379);
    EXPECT_EQ(redis_url::parse("redis://localhost/").host, "localhost");
    EXPECT_EQ(redis_url::parse("redis://[::1]:7000").host, "::1");
    EXPECT_EQ(redis_url::parse("redis://[::1]").port, 6379);
    EXPECT_EQ(redis_url::parse("unix:///run/redis/socket").socket, "/run/redis/socket");
}

TEST(redis_url_test, what_is_written_is_read_again) {
    for (const std::string text : {"redis://localhost:7000", "redis://[::1]:7000", "unix:///tmp/a b"})
        EXPECT_EQ(redis_url::parse(text).text(), text);
}

TEST(redis_url_test, what_is_no_url_is_refused_with_the_choices) {
    for (const std::string text :
         {"", "localhost:6379", "http://localhost", "redis://", "redis://:6379", "redis://h:0",
          "redis://h:65536", "redis://h:x", "redis://h/1", "unix://relative", "unix://"}) {
        try {
            redis_url::parse(text);
            ADD_FAILURE() << text << " was read";
        } catch (const misuse& e) {
            EXPECT_EQ(e.what(),
                      "Redis server '" + text + "' is no URL of one; valid: redis://HOST:PORT, unix:///PATH");
        }
    }
}

TEST(redis_url_test, a_password_is_refused_and_not_repeated) {
    for (const std::string text :
         {"redis://user:hunter2@cache", "redis://:hunter2@cache:6379", "user:hunter2@cache"}) {
        try {
            redis_url::parse(text);
            FAIL() << text;
        } catch (const misuse& e) {
            const std::string said = e.what();
            EXPECT_NE(said.find("a user or a password in its URL is not supported"), std::string::npos)
                << said;
            EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
        }
    }
}

}  // namespace
}  // namespace handoff
