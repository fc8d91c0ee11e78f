// The server as a process: it starts, says where, ends with its parent, and stands in nobody's way.
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <regex>
#include <thread>

#include "downloads/http/request_target.hpp"
#include "harness/machine/errors.hpp"
#include "here.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

const std::vector<document> one_document = {{0, 0ms, 100}};

served what_is_served() {
    return {.documents = one_document};
}

std::string refusal(const char* program) {
    try {
        const server_process server(program, what_is_served());
    } catch (const misuse& e) {
        return std::string("misuse: ") + e.what();
    } catch (const std::runtime_error& e) {
        return e.what();
    }
    return "it was started";
}

TEST(http_server_test, it_ends_when_it_is_told) {
    server_process server(HANDOFF_DOWNLOAD_SERVER, what_is_served());
    EXPECT_GT(server.port(), 0);
    EXPECT_EQ(kill(server.pid(), 0), 0);
    const server_end end = server.stop();
    EXPECT_EQ(end.error, "");
    EXPECT_EQ(end.requests, 0U);
    EXPECT_EQ(kill(server.pid(), 0), -1);
}

// Tells the server's process, and does nothing more until it is killed.
int live_with_a_server(const descriptor& output) {
    const server_process server(HANDOFF_DOWNLOAD_SERVER, what_is_served());
    const pid_t pid = server.pid();
    if (write(output.get(), &pid, sizeof pid) != sizeof pid) return 1;
    while (true) pause();
}

// The parent is killed, so that it cannot do anything about it.
TEST(http_server_test, it_ends_with_its_parent) {
    // The server's orphan becomes ours, so that we learn of its end.
    ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    pipe_ends ends = make_pipe();
    child_process parent = child_process::copy([&] { return live_with_a_server(ends.write); });
    ends.write.close();
    pid_t server = 0;
    ASSERT_EQ(read(ends.read.get(), &server, sizeof server), static_cast<ssize_t>(sizeof server));
    EXPECT_EQ(kill(server, 0), 0);
    parent.kill(SIGKILL);
    parent.wait();
    EXPECT_EQ(waitpid(server, nullptr, 0), server) << "CTest's limit ends a test whose server does not";
    prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST(http_server_test, two_at_once_do_not_meet) {
    const auto run = [](std::uint64_t seed, std::string& error) {
        const auto documents = make_documents({.items = 60, .median = 1ms, .failing = 0.3}, seed);
        http_transport transport(documents, {.retries = {.first_bound = 1ms}, .seed = seed}, http_here());
        fetch_all(transport, documents, fetched_how::in_a_loop);
        error = transport.check();
    };
    std::array<std::string, 3> errors{"not run", "not run", "not run"};
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < errors.size(); ++i)
            threads.emplace_back([&, i] { run(i + 1, errors[i]); });
    }
    for (const std::string& error : errors) EXPECT_EQ(error, "");
}

// libcurl's result for a target by itself: what the transport's own attempts never ask for.
CURLcode asked_for(const server_process& server, const std::string& target, long& status) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), curl_easy_cleanup);
    const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + target;
    curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(
        handle.get(), CURLOPT_WRITEFUNCTION,
        +[](char*, std::size_t, std::size_t bytes, void*) { return bytes; });
    const CURLcode result = curl_easy_perform(handle.get());
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    return result;
}

// An hour of latency is over at once where the client has asked an hour ago; where it says that it will ask
// in an hour, it has asked now.
TEST(http_server_test, the_latency_runs_from_when_the_client_asked) {
    const served documents{.documents = {{0, 1h, 100}, {1, 0ms, 100}}};
    const server_process server(HANDOFF_DOWNLOAD_SERVER, documents);
    long status = 0;
    const request_target early{.document = 0, .asked = steady_now() - 1h};
    EXPECT_EQ(asked_for(server, early.text(), status), CURLE_OK);
    EXPECT_EQ(status, 200);
    const request_target late{.document = 1, .asked = steady_now() + 1h};
    EXPECT_EQ(asked_for(server, late.text(), status), CURLE_OK);
    EXPECT_EQ(status, 200);
}

TEST(http_server_test, a_target_that_is_none_is_a_bad_request) {
    const server_process server(HANDOFF_DOWNLOAD_SERVER, what_is_served());
    for (const char* const target : {"/", "/0/0/0", "/0/0/0/", "/0/0/0/1/", "/0/0/0/x", "/1/0/0/1",
                                     "/0/4294967296/0/1", "/18446744073709551616/0/0/1"}) {
        long status = 0;
        EXPECT_EQ(asked_for(server, target, status), CURLE_OK) << target;
        EXPECT_EQ(status, 400) << target;
    }
}

TEST(http_server_test, a_target_is_read_as_it_was_written) {
    const request_target wanted{.document = 499, .attempt = 3, .redirects = 2, .asked = 123456789ns};
    EXPECT_EQ(wanted.text(), "/499/3/2/123456789");
    const auto found = request_target::parsed(wanted.text());
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->text(), wanted.text());
}

TEST(http_server_test, a_server_that_dies_is_told_with_its_signal) {
    const std::vector<document> documents = {{0, 0ms, 100}};
    for (const fetched_how how : both_ways) {
        http_transport transport(documents, {.retries = {.attempts = 2, .first_bound = 1ms}}, http_here());
        kill(transport.server().pid(), SIGKILL);
        // A killed process has closed its port when it can be waited for.
        siginfo_t ended{};
        ASSERT_EQ(waitid(P_PID, static_cast<id_t>(transport.server().pid()), &ended, WEXITED | WNOWAIT), 0);
        EXPECT_EQ(fetch_all(transport, documents, how).at(0), (fetch_end{fetch_status::gave_up, 2}));
        for (const failed_attempt& one : transport.book().failed)
            EXPECT_EQ(one.end.failure, http_failure::unreachable) << name_of(one.end.failure);
        EXPECT_EQ(transport.check(), "failed: download server '" HANDOFF_DOWNLOAD_SERVER
                                     "' ended before it said 'requests': signal 9");
    }
}

TEST(http_server_test, a_server_that_cannot_be_started_is_told) {
    EXPECT_EQ(
        refusal("/nowhere/download_server"),
        "misuse: download server '/nowhere/download_server' cannot be started: No such file or directory; "
        "the target download_server builds it");
    EXPECT_EQ(refusal("/bin/false"), "download server '/bin/false' ended before it said 'port': exit code 1");
    EXPECT_EQ(
        refusal("/bin/echo"),
        "download server '/bin/echo' says '--list=/proc/self/fd/3 --bytes_per_second=0.000000 --seed=1 "
        "--accidents=reset,error_500,truncated,garbled --redirected=0.000000 --trickle_ms=50' instead of "
        "'port NUMBER'");
}

// What the program prints and how it exits when it is started by hand.
std::string by_hand(const std::string& arguments) {
    const std::string command = "echo 1 1 | " HANDOFF_DOWNLOAD_SERVER " " + arguments + " 2>&1; echo exit $?";
    std::FILE* const output = popen(command.c_str(), "r");
    std::string text;
    std::array<char, 512> piece{};
    while (std::fgets(piece.data(), static_cast<int>(piece.size()), output) != nullptr) text += piece.data();
    pclose(output);
    return text;
}

TEST(http_server_test, it_ends_with_its_standard_input) {
    const std::string said = by_hand("--list=/dev/stdin");
    EXPECT_TRUE(std::regex_match(said, std::regex("port [0-9]+\nrequests 0\nexit 0\n"))) << said;
}

TEST(http_server_test, wrong_options_are_refused_with_the_valid_ones) {
    EXPECT_EQ(by_hand(""),
              "download_server: --list is missing: a file with a line for each document, LATENCY_MS BYTES "
              "[FAILURES or permanent [BYTES_PER_SECOND]]\nexit 2\n");
    EXPECT_EQ(by_hand("--port=80"),
              "download_server: '--port=80' is no option; valid: --NAME=VALUE with --accidents, "
              "--bytes_per_second, --list, --redirected, --seed, --trickle_ms\nexit 2\n");
    EXPECT_EQ(by_hand("--list=/nowhere"), "download_server: trace '/nowhere' cannot be read\nexit 2\n");
    EXPECT_EQ(by_hand("--list=/dev/stdin --redirected=2"),
              "download_server: --redirected '2': a number from 0 to 1.000000\nexit 2\n");
}

}  // namespace
}  // namespace handoff
