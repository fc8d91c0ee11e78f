// Worker processes: killed at each step of a job, slow, without a disk, without a server.
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>

#include "downloads/processes/temporary_folder.hpp"
#include "downloads/redis/download_team.hpp"
#include "downloads/redis/private_server.hpp"
#include "downloads/saving/document_file.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

class redis_worker_test : public testing::Test {
protected:
    team_settings settings(unsigned workers) const {
        return {.server = server_.url(),
                .workers = workers,
                .restarts = true,
                .folder = folder_.path(),
                .policy = {.visibility = 200ms}};
    }

    // How often each document was reported.
    static std::map<std::size_t, int> reports_of(download_team& team, const std::vector<document>& documents,
                                                 const network_spec& network = {}) {
        std::map<std::size_t, int> reports;
        team.run(documents, network, [&](const download_report& r) { ++reports[r.result.index]; });
        return reports;
    }
    static void expect_each_once(const std::map<std::size_t, int>& reports, std::size_t documents) {
        EXPECT_EQ(reports.size(), documents);
        for (const auto& [index, times] : reports) EXPECT_EQ(times, 1) << index;
    }
    std::string wrong(std::span<const document> documents) const {
        return check_files(folder_.path(), documents);
    }
    static std::vector<document> quick_list(std::size_t items) {
        return make_documents({.items = items, .median = 1ms}, 1);
    }
    // Runs a worker that is told where the server is, and waits for its end.
    static std::string fate_with(const std::string& url) {
        child_process worker =
            child_process::program(HANDOFF_DOWNLOAD_WORKER, {"download_worker", "--redis", url});
        worker.wait();
        return worker.fate();
    }
    // What a worker's program that is started by hand prints, and how it exits.
    std::string by_hand(const std::string& arguments) const {
        const std::string command = HANDOFF_DOWNLOAD_WORKER " --redis '" + server_.url().text() + "' " +
                                    arguments + " 2>&1; echo exit $?";
        std::FILE* const output = popen(command.c_str(), "r");
        std::string text;
        std::array<char, 512> piece{};
        while (std::fgets(piece.data(), static_cast<int>(piece.size()), output) != nullptr)
            text += piece.data();
        pclose(output);
        return text;
    }

    private_server server_;
    temporary_folder folder_;
};

TEST_F(redis_worker_test, saves_all_and_ends_when_it_is_told) {
    const auto documents = quick_list(30);
    download_team team(settings(3));
    expect_each_once(reports_of(team, documents), 30);
    team.end();
    EXPECT_EQ(team.restarts(), 0U);
    EXPECT_TRUE(team.failed().empty());
    EXPECT_EQ(wrong(documents), "");
}

TEST_F(redis_worker_test, what_fails_is_on_the_failed_list_with_its_reason) {
    const std::vector<document> documents = {{0, 1ms, 10}, {1, 1ms, 10, 9}, {2, 1ms, 10, 0, true}};
    download_team team(settings(2));
    expect_each_once(reports_of(team, documents, {.retries = {.attempts = 2, .first_bound = 1ms}}), 3);
    team.end();
    EXPECT_EQ(team.failed(), (std::map<std::uint64_t, std::string>{{1, "failed 2 times"}, {2, "refused"}}));
    EXPECT_EQ(wrong({documents.data(), 1}), "");
}

TEST_F(redis_worker_test, loses_and_doubles_nothing_wherever_it_is_killed) {
    for (const std::string_view where : moment_names) {
        if (where == "never") continue;
        const temporary_folder folder;
        team_settings how = settings(2);
        how.folder = folder.path();
        how.worker_options = {"--killed_at", std::string(where)};
        const auto documents = quick_list(20);
        download_team team(how);
        expect_each_once(reports_of(team, documents), 20);
        team.end();
        EXPECT_EQ(team.restarts(), 2U) << where;
        EXPECT_TRUE(team.failed().empty()) << where;
        EXPECT_EQ(check_files(folder.path(), documents), "") << where;
    }
}

TEST_F(redis_worker_test, a_job_that_kills_each_worker_is_given_up_and_can_be_restarted) {
    team_settings how = settings(1);
    how.policy = {.visibility = 60ms, .most_deliveries = 2};
    how.worker_options = how.later_options = {"--killed_at", "fetched"};
    const auto documents = quick_list(1);
    {
        download_team team(how);
        expect_each_once(reports_of(team, documents), 1);
        team.end();
        EXPECT_EQ(
            team.failed(),
            (std::map<std::uint64_t, std::string>{{0, "given out 2 times; no worker lived to end it"}}));
        EXPECT_EQ(wrong({}), "");
    }
    job_queue queue(server_.url(), how.queue, how.policy);
    EXPECT_EQ(queue.restart_failed(), 1U);
    child_process sound = child_process::program(
        HANDOFF_DOWNLOAD_WORKER,
        {"download_worker", "--redis", server_.url().text(), "--folder", folder_.path()});
    queue.add({std::string(stop_job)});
    sound.wait();
    EXPECT_EQ(sound.fate(), "exit code 0");
    EXPECT_EQ(wrong(documents), "");
}

TEST_F(redis_worker_test, a_disk_that_stays_full_puts_documents_on_the_failed_list) {
    team_settings how = settings(2);
    how.worker_options = {"--failing_writes", "100"};
    const auto documents = quick_list(4);
    download_team team(how);
    expect_each_once(reports_of(team, documents), 4);
    team.end();
    const auto failed = team.failed();
    EXPECT_EQ(failed.size(), 4U);
    EXPECT_EQ(failed.at(2), "given out 5 times; at last: item 'document-2' cannot be saved in '" +
                                folder_.path().string() + "': No space left on device");
    EXPECT_EQ(wrong({}), "");
}

TEST_F(redis_worker_test, failed_jobs_are_listed_and_put_back_by_hand) {
    team_settings how = settings(2);
    how.worker_options = {"--failing_writes", "100"};
    const std::vector<document> documents = {{0, 1ms, 10}, {1, 1ms, 10, 0, true}};
    {
        download_team team(how);
        expect_each_once(reports_of(team, documents), 2);
        team.end();
        team.queue().add({"nonsense"});
        team.queue().finish(*team.queue().take("somebody", 0ms), {}, "'nonsense' is no text of a job");
        team.queue().destroy();
    }
    const std::string for_good = "document-1: refused\n'nonsense': 'nonsense' is no text of a job\nexit 0\n";
    EXPECT_EQ(by_hand("--failed list"),
              "document-0: given out 5 times; at last: item 'document-0' cannot be saved in '" +
                  folder_.path().string() + "': No space left on device\n" + for_good);
    EXPECT_EQ(by_hand("--failed restart"), "3 failed jobs were put back into queue 'downloads'\nexit 0\n");
    EXPECT_EQ(by_hand("--failed list"), "exit 0\n");
    job_queue(server_.url(), how.queue, how.policy).add({std::string(stop_job)});
    EXPECT_EQ(by_hand("--folder '" + folder_.path().string() + "'"), "exit 0\n");
    EXPECT_EQ(by_hand("--failed list"), for_good);
    EXPECT_EQ(wrong({documents.data(), 1}), "");
    EXPECT_EQ(by_hand("--failed restart --queue other"),
              "0 failed jobs were put back into queue 'other'\nexit 0\n");
}

TEST_F(redis_worker_test, reaches_its_server_by_host_and_port) {
    const private_server server(reached_by::tcp);
    EXPECT_TRUE(server.url().text().starts_with("redis://127.0.0.1:")) << server.url().text();
    team_settings how = settings(2);
    how.server = server.url();
    const auto documents = quick_list(10);
    download_team team(how);
    EXPECT_NE(redis_connection(server.url()).command({"CLIENT", "LIST"}).text.find(" addr=127.0.0.1:"),
              std::string::npos);
    expect_each_once(reports_of(team, documents), 10);
    team.end();
    EXPECT_EQ(wrong(documents), "");
}

// If it came back to the queue that it was told to leave, it would take what tells others to.
TEST_F(redis_worker_test, that_stays_serves_queue_after_queue) {
    const child_process worker = child_process::program(
        HANDOFF_DOWNLOAD_WORKER,
        {"download_worker", "--redis", server_.url().text(), "--stays", "1", "--visibility_ms", "200"});
    job_queue queue(server_.url(), "downloads", {.visibility = 200ms});
    redis_connection redis(server_.url());
    for (std::uint64_t run = 0; run < 3; ++run) {
        queue.create();
        queue.add({text_of(download_order{{run, 1ms, 10}, {}})});
        const auto results = queue.results(30s);
        ASSERT_EQ(results.size(), 1U);
        EXPECT_EQ(report_of(results.front()).result.index, run);
        queue.add({std::string(stop_job)});
        while (redis.command({"XLEN", "handoff:downloads:jobs"}).number > 0) std::this_thread::sleep_for(1ms);
        queue.add({std::string(stop_job)});
        std::this_thread::sleep_for(200ms);
        EXPECT_TRUE(queue.take("another", 0ms)) << "what was to stop another one";
        if (run == 1) queue.destroy();
    }
}

// Its run has ended, though it was too slow to read so.
TEST_F(redis_worker_test, leaves_a_queue_that_is_destroyed_before_it_is_told_to_stop) {
    job_queue queue(server_.url(), "downloads", {.visibility = 200ms});
    queue.create();
    child_process worker = child_process::program(
        HANDOFF_DOWNLOAD_WORKER,
        {"download_worker", "--redis", server_.url().text(), "--visibility_ms", "200"});
    while (queue.workers() == 0) std::this_thread::sleep_for(1ms);
    queue.destroy();
    worker.wait();
    EXPECT_EQ(worker.fate(), "exit code 0");
}

// It was only slow: when it has saved its document, that has been given up.
TEST_F(redis_worker_test, takes_back_what_another_has_given_up) {
    team_settings how = settings(1);
    how.policy = {.visibility = 100ms, .most_deliveries = 1};
    download_team team(how);
    const document slow{0, 2s, 10};
    team.queue().add({text_of(download_order{slow, {}})});
    std::this_thread::sleep_for(20ms);
    job_queue other(server_.url(), how.queue, how.policy);
    std::optional<taken_job> job;
    while (!job) job = other.take("other", 5ms);
    EXPECT_TRUE(other.finish(*job, {}, "given up"));
    team.queue().add({std::string(stop_job)});
    team.workers().front().wait();
    EXPECT_EQ(team.failed(), (std::map<std::uint64_t, std::string>{{0, "given up"}}));
    EXPECT_EQ(wrong({}), "");
}

TEST_F(redis_worker_test, connects_again_when_its_connection_is_cut) {
    download_team team(settings(2));
    redis_connection(server_.url()).command({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
    // That was the team's connection, too.
    job_queue queue(server_.url(), "downloads", {.visibility = 200ms});
    queue.add({text_of(download_order{{0, 1ms, 10}, {}})});
    EXPECT_EQ(queue.results(30s).size(), 1U);
    for (child_process& worker : team.workers()) EXPECT_TRUE(worker.running());
}

TEST_F(redis_worker_test, what_is_no_job_is_on_the_failed_list) {
    download_team team(settings(1));
    team.queue().add({"nonsense", text_of(download_order{{0, 1ms, 10}, {}})});
    EXPECT_EQ(team.queue().results(30s).size(), 1U);
    EXPECT_EQ(team.queue().failed(),
              (std::map<std::string, std::string>{{"nonsense", "'nonsense' is no text of a job"}}));
}

TEST_F(redis_worker_test, a_team_without_restarts_says_that_one_has_died) {
    team_settings how = settings(2);
    how.restarts = false;
    how.worker_options = {"--killed_at", "taken"};
    download_team team(how);
    const auto documents = quick_list(5);
    try {
        reports_of(team, documents);
        ADD_FAILURE() << "nobody died";
    } catch (const std::runtime_error& e) {
        EXPECT_NE(std::string(e.what()).find("has ended (signal 9)"), std::string::npos) << e.what();
    }
}

TEST_F(redis_worker_test, without_a_server_it_ends_with_the_reason) {
    EXPECT_EQ(fate_with("unix:///nowhere/socket"), "exit code 1");
    EXPECT_EQ(fate_with("nowhere"), "exit code 2");
}

TEST_F(redis_worker_test, refuses_options_that_it_does_not_have) {
    const std::vector<std::vector<std::string>> wrong_words = {{"--server", "x"},
                                                               {"--queue"},
                                                               {"--number", "-1"},
                                                               {"--most_deliveries", "0"},
                                                               {"--killed_at", "dawn"},
                                                               {"--failed", "x"},
                                                               {}};
    for (std::vector<std::string> words : wrong_words) {
        words.insert(words.begin(), "download_worker");
        child_process worker = child_process::program(HANDOFF_DOWNLOAD_WORKER, words);
        worker.wait();
        EXPECT_EQ(worker.fate(), "exit code 2") << testing::PrintToString(words);
    }
}

}  // namespace
}  // namespace handoff
