// Servers of one's own, and connections to them.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "downloads/redis/connection.hpp"
#include "downloads/redis/private_server.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

TEST(redis_server_test, two_at_once_know_nothing_of_each_other) {
    const private_server one;
    const private_server other;
    redis_connection(one.url()).command({"SET", "key", "of one"});
    EXPECT_EQ(redis_connection(one.url()).command({"GET", "key"}).text, "of one");
    EXPECT_TRUE(redis_connection(other.url()).command({"GET", "key"}).nil);
}

TEST(redis_server_test, has_no_port_and_keeps_nothing) {
    const private_server server;
    redis_connection to(server.url());
    EXPECT_EQ(to.command({"CONFIG", "GET", "port"}).list.at(1).text, "0");
    EXPECT_EQ(to.command({"CONFIG", "GET", "save"}).list.at(1).text, "");
    EXPECT_EQ(to.command({"CONFIG", "GET", "appendonly"}).list.at(1).text, "no");
}

TEST(redis_server_test, ends_with_its_owner_and_leaves_nothing) {
    pid_t pid = 0;
    std::filesystem::path folder;
    {
        const private_server server;
        pid = server.pid();
        folder = std::filesystem::path(server.url().socket).parent_path();
        EXPECT_TRUE(std::filesystem::exists(folder));
    }
    EXPECT_EQ(kill(pid, 0), -1);
    EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(redis_server_test, that_is_not_installed_is_said) {
    const std::string path = std::getenv("PATH");
    setenv("PATH", "/nowhere", 1);
    try {
        const private_server server;
        ADD_FAILURE() << "it was found";
    } catch (const std::runtime_error& e) {
        EXPECT_STREQ(e.what(), "neither redis-server nor redis-check-rdb is installed (Debian: redis-tools)");
    }
    setenv("PATH", path.c_str(), 1);
}

TEST(redis_server_test, that_is_not_there_or_gone_is_said) {
    try {
        redis_connection({.socket = "/nowhere/socket"});
        ADD_FAILURE() << "it was reached";
    } catch (const redis_lost& e) {
        EXPECT_STREQ(e.what(),
                     "Redis server 'unix:///nowhere/socket' cannot be reached: No such file or directory");
    }
    std::optional<private_server> server(std::in_place);
    redis_connection to(server->url());
    to.command({"PING"});
    server.reset();
    EXPECT_THROW(to.command({"PING"}), redis_lost);
}

TEST(redis_server_test, that_is_too_slow_is_given_up) {
    const private_server server;
    redis_connection to(server.url(), 50ms);
    EXPECT_THROW(to.command({"BLPOP", "nothing", "10"}), redis_lost);
}

TEST(redis_server_test, what_it_refuses_is_said_and_the_rest_is_done) {
    const private_server server;
    redis_connection to(server.url());
    EXPECT_THROW(to.command({"NO_SUCH_COMMAND"}), redis_refused);
    EXPECT_THROW(to.commands({{"SET", "a", "1"}, {"LPUSH", "a", "x"}, {"SET", "b", "2"}}), redis_refused);
    EXPECT_EQ(to.command({"GET", "b"}).text, "2") << "answers and commands belong together still";
}

TEST(redis_server_test, values_hold_any_bytes) {
    const private_server server;
    redis_connection to(server.url());
    const std::string bytes("a\0b\r\n c", 7);
    to.command({"SET", "key", bytes});
    EXPECT_EQ(to.command({"GET", "key"}).text, bytes);
}

}  // namespace
}  // namespace handoff
