// What can happen to a document on its way, and what the client makes of it.
#include <gtest/gtest.h>

#include "here.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

struct meeting {
    accident what;
    http_failure reason;
    long status;
};

// Of those after which the rest of the list goes on as usual.
const std::vector<meeting> meetings = {{accident::reset, http_failure::reset, 200},
                                       {accident::error_500, http_failure::status, 500},
                                       {accident::truncated, http_failure::truncated, 200},
                                       {accident::garbled, http_failure::damaged, 200},
                                       {accident::circular, http_failure::redirects, 302}};

http_setup setup_with(accident what) {
    http_setup setup = http_here();
    setup.accidents = {.failures = {what}, .redirected = 0.0};
    return setup;
}

std::string text_of(const failed_attempt& one) {
    return std::to_string(one.document) + "." + std::to_string(one.attempt) + " " +
           std::string(name_of(one.end.failure)) + " " + std::to_string(one.end.status);
}

std::vector<std::string> texts_of(const attempt_book& book) {
    std::vector<std::string> all;
    for (const failed_attempt& one : book.failed) all.push_back(text_of(one));
    std::ranges::sort(all);
    return all;
}

TEST(http_attempts_test, each_accident_has_its_reason_and_its_end) {
    const network_spec network{.retries = {.attempts = 3, .first_bound = 1ms}};
    const std::vector<document> documents = {
        {0, 1ms, 5000}, {1, 1ms, 5000, 1}, {2, 1ms, 100'000, 9}, {3, 1ms, 5000, 0, true}};
    const std::map<std::uint64_t, fetch_end> ends = {{0, {fetch_status::arrived, 1}},
                                                     {1, {fetch_status::arrived, 2}},
                                                     {2, {fetch_status::gave_up, 3}},
                                                     {3, {fetch_status::refused, 1}}};
    for (const auto& [what, reason, status] : meetings)
        for (const fetched_how how : both_ways) {
            SCOPED_TRACE(std::string(name_of(what)) + " " + std::string(name_of(how)));
            http_transport transport(documents, network, setup_with(what));
            EXPECT_EQ(fetch_all(transport, documents, how), ends);
            const std::string told = " " + std::string(name_of(reason)) + " " + std::to_string(status);
            EXPECT_EQ(texts_of(transport.book()),
                      (std::vector<std::string>{"1.0" + told, "2.0" + told, "2.1" + told, "2.2" + told,
                                                "3.0 status 404"}));
            EXPECT_EQ(transport.check(), "");
        }
}

TEST(http_attempts_test, documents_that_are_hardly_there_meet_the_same) {
    const network_spec network{.retries = {.attempts = 2, .first_bound = 1ms}};
    const std::vector<document> documents = {{0, 0ms, 0},    {1, 0ms, 1},    {2, 0ms, 0, 1},
                                             {3, 0ms, 1, 1}, {4, 0ms, 2, 1}, {5, 0ms, 0, 9}};
    for (const auto& [what, reason, status] : meetings) {
        http_transport transport(documents, network, setup_with(what));
        fetch_all(transport, documents, fetched_how::in_a_loop);
        EXPECT_EQ(transport.book().failed.size(), 5U) << name_of(what);
        EXPECT_EQ(transport.check(), "") << name_of(what);
    }
}

// Those that never end: the client gives up by its own limits. No document here has to come within them.
TEST(http_attempts_test, who_is_silent_or_too_slow_is_left) {
    const network_spec network{.retries = {.attempts = 1}};
    const std::vector<document> documents = {{0, 1ms, 5000, 1}};
    http_setup silent = setup_with(accident::silent);
    silent.limits.attempt = 1s;
    http_setup slow = setup_with(accident::trickled);
    slow.trickle = 20ms;
    slow.limits.slow_for = 1s;
    const auto told = [&](const http_setup& setup, fetched_how how) {
        http_transport transport(documents, network, setup);
        EXPECT_EQ(fetch_all(transport, documents, how).at(0), (fetch_end{fetch_status::gave_up, 1}));
        EXPECT_EQ(transport.check(), "");
        return texts_of(transport.book());
    };
    for (const fetched_how how : both_ways) {
        EXPECT_EQ(told(silent, how), std::vector<std::string>{"0.0 timed_out 0"}) << name_of(how);
        EXPECT_EQ(told(slow, how), std::vector<std::string>{"0.0 too_slow 200"}) << name_of(how);
    }
}

TEST(http_attempts_test, redirects_are_followed_so_far_and_no_farther) {
    const auto documents = make_documents({.items = 20, .median = 1ms}, 1);
    http_setup setup = http_here();
    setup.accidents.redirected = 1.0;
    for (const fetched_how how : both_ways) {
        http_transport transport(documents, {}, setup);
        fetch_all(transport, documents, how);
        EXPECT_TRUE(transport.book().failed.empty());
        EXPECT_GE(transport.book().requests, 40U);
        EXPECT_EQ(transport.check(), "");
    }
    setup.limits.redirects = 0;
    http_transport transport(documents, {.retries = {.attempts = 1}}, setup);
    EXPECT_EQ(transport.fetch(documents[0]).status, fetch_status::gave_up);
    EXPECT_EQ(texts_of(transport.book()), std::vector<std::string>{"0.0 redirects 302"});
}

TEST(http_attempts_test, a_large_body_is_compared_as_it_comes) {
    const std::vector<document> documents = {{0, 0ms, 5'000'000}, {1, 0ms, 3'000'001, 1}};
    for (const fetched_how how : both_ways) {
        http_transport transport(documents, {}, setup_with(accident::garbled));
        EXPECT_EQ(fetch_all(transport, documents, how).at(1), (fetch_end{fetch_status::arrived, 2}));
        EXPECT_EQ(transport.check(), "");
    }
}

// A slow machine only takes longer.
TEST(http_attempts_test, nothing_comes_faster_than_the_list_and_the_link_let_it) {
    const std::vector<document> documents = {{0, 30ms, 20'000}, {1, 1ms, 40'000}, {2, 1ms, 10}};
    for (const fetched_how how : both_ways) {
        http_transport transport(documents, {.bytes_per_second = 1e6}, http_here());
        const auto start = std::chrono::steady_clock::now();
        fetch_all(transport, documents, how);
        EXPECT_GE(std::chrono::steady_clock::now() - start, 60ms);
        EXPECT_EQ(transport.check(), "");
    }
}

TEST(http_attempts_test, nothing_comes_faster_than_its_own_rate) {
    // 50 ms; 30 ms, in two pieces; nothing to wait for. The link has other limits.
    const std::vector<document> documents = {
        {0, 1ms, 100, 1, false, 2000}, {1, 1ms, 30'000, 0, false, 1'000'000}, {2, 1ms, 10}};
    const network_spec unlimited{.retries = {.first_bound = 1ms}};
    network_spec linked = unlimited;
    linked.bytes_per_second = 1e6;
    for (const network_spec& network : {unlimited, linked})
        for (const fetched_how how : both_ways) {
            http_transport transport(documents, network, setup_with(accident::error_500));
            const auto start = std::chrono::steady_clock::now();
            fetch_all(transport, documents, how);
            // In a thread one after the other; in a loop the first takes longest.
            EXPECT_GE(std::chrono::steady_clock::now() - start,
                      how == fetched_how::in_a_thread ? 84ms : 52ms);
            EXPECT_EQ(transport.check(), "");
        }
}

// A client that leaves who says nothing for a second sees that this one only is slow.
TEST(http_attempts_test, a_slow_document_comes_little_by_little) {
    const std::vector<document> documents = {{0, 1ms, 2500, 0, false, 1000}};
    http_setup setup = http_here();
    setup.limits.slow_bytes_per_second = 100;
    setup.limits.slow_for = 1s;
    for (const fetched_how how : both_ways) {
        http_transport transport(documents, {.retries = {.attempts = 1}}, setup);
        EXPECT_EQ(fetch_all(transport, documents, how).at(0), (fetch_end{fetch_status::arrived, 1}));
        EXPECT_EQ(transport.check(), "");
    }
}

TEST(http_attempts_test, what_is_not_as_it_should_be_is_told) {
    const std::vector<document> documents = {{0, 0ms, 100}, {1, 0ms, 100, 1}};
    const network_spec network{.retries = {.first_bound = 1ms}};
    const auto told = [&](auto fetch) {
        http_transport transport(documents, network, setup_with(accident::truncated));
        fetch(transport);
        return transport.check();
    };
    EXPECT_EQ(told([&](http_transport& one) { one.fetch(documents[0]); }),
              "unverified: document 1, attempt 1: none, but what it met was truncated");
    EXPECT_EQ(told([&](http_transport& one) {
                  one.fetch(documents[1]);
                  one.fetch(documents[1]);
              }),
              "unverified: document 1, attempt 1: made twice");
    EXPECT_EQ(told([&](http_transport& one) {
                  one.fetch(documents[0]);
                  one.fetch(documents[1]);
                  http_attempt stranger("http://127.0.0.1:" + std::to_string(one.server().port()), {});
                  stranger.prepare(documents[0], 0);
                  EXPECT_EQ(stranger.perform().failure, http_failure::none);
              }),
              "unverified: the server had 4 requests, and its clients made 3");
}

}  // namespace
}  // namespace handoff
