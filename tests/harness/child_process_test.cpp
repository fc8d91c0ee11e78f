// Children: what they are given, how their end is known, and that they do not outlive who started them.
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <array>
#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "downloads/processes/child_process.hpp"

namespace handoff {
namespace {

child_process shell(const std::string& script, std::vector<child_process::given_file> files = {}) {
    return child_process::program("/bin/sh", {"sh", "-c", script}, std::move(files));
}

std::string fate_of(child_process child) {
    child.wait();
    return child.fate();
}

std::string all_from(const descriptor& file) {
    std::string all;
    std::array<char, 256> piece{};
    for (ssize_t bytes = 0; (bytes = read(file.get(), piece.data(), piece.size())) > 0;)
        all.append(piece.data(), static_cast<std::size_t>(bytes));
    return all;
}

// The end of a pipe from which this can be read.
descriptor file_with(const std::string& text) {
    pipe_ends ends = make_pipe();
    EXPECT_EQ(write(ends.write.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    return std::move(ends.read);
}

// What the script prints when it has these files, too.
std::string printed(const std::string& script, std::vector<child_process::given_file> files) {
    pipe_ends output = make_pipe();
    files.push_back({std::move(output.write), STDOUT_FILENO});
    child_process child = shell(script, std::move(files));
    std::string text = all_from(output.read);
    child.wait();
    EXPECT_TRUE(child.succeeded()) << child.fate();
    return text;
}

std::string file_named(int number) {
    return "/proc/self/fd/" + std::to_string(number);
}

TEST(child_process_test, a_copy_exits_with_what_it_returns) {
    EXPECT_EQ(fate_of(child_process::copy([] { return 0; })), "exit code 0");
    EXPECT_EQ(fate_of(child_process::copy([] { return 7; })), "exit code 7");
    EXPECT_EQ(fate_of(child_process::copy([]() -> int { throw std::runtime_error("no"); })), "exit code 1");
}

TEST(child_process_test, its_end_is_known) {
    EXPECT_EQ(fate_of(shell("exit 0")), "exit code 0");
    EXPECT_EQ(fate_of(shell("exit 3")), "exit code 3");
    EXPECT_EQ(fate_of(shell("kill -TERM $$")), "signal 15");
}

TEST(child_process_test, runs_until_it_is_killed) {
    child_process child = shell("exec sleep 1000");
    EXPECT_TRUE(child.running());
    child.kill(SIGKILL);
    child.wait();
    EXPECT_FALSE(child.running());
    EXPECT_FALSE(child.succeeded());
    EXPECT_EQ(child.fate(), "signal 9");
}

TEST(child_process_test, an_end_that_somebody_else_was_told_is_no_success) {
    child_process child = shell("exit 0");
    ASSERT_EQ(waitpid(child.pid(), nullptr, 0), child.pid());
    child.wait();
    EXPECT_FALSE(child.running());
    EXPECT_FALSE(child.succeeded());
    EXPECT_EQ(child.fate(), "waitpid: No child processes");
    const child_process moved = std::move(child);
    EXPECT_EQ(moved.fate(), "waitpid: No child processes");
}

TEST(child_process_test, a_program_that_cannot_be_run_is_told_with_the_reason) {
    const auto refusal = [](const std::string& path) -> std::string {
        try {
            child_process::program(path, {path});
        } catch (const cannot_run& e) {
            return e.what();
        }
        return "it was run";
    };
    EXPECT_EQ(refusal("/nowhere/program"),
              "program '/nowhere/program' cannot be run: No such file or directory");
    EXPECT_EQ(refusal("/etc/passwd"), "program '/etc/passwd' cannot be run: Permission denied");
}

TEST(child_process_test, finds_each_file_at_its_number) {
    std::vector<child_process::given_file> files;
    files.push_back({file_with("input"), STDIN_FILENO});
    files.push_back({file_with("three"), 3});
    files.push_back({file_with("twelve"), 12});
    EXPECT_EQ(printed("cat; cat <&3; cat " + file_named(12), std::move(files)), "inputthreetwelve");
}

// Each is to have the number that the other has here, and one keeps its own.
TEST(child_process_test, files_whose_numbers_cross_are_not_mixed_up) {
    descriptor one = file_with("one");
    descriptor other = file_with("other");
    descriptor third = file_with("third");
    const std::string all =
        "cat " + file_named(one.get()) + " " + file_named(other.get()) + " " + file_named(third.get());
    const int first = one.get();
    const int second = other.get();
    const int same = third.get();
    std::vector<child_process::given_file> files;
    files.push_back({std::move(one), second});
    files.push_back({std::move(other), first});
    files.push_back({std::move(third), same});
    EXPECT_EQ(printed(all, std::move(files)), "otheronethird");
}

TEST(child_process_test, has_no_other_file_than_it_is_given) {
    const descriptor ours = file_with("ours");
    constexpr int number = 9;
    ASSERT_NE(ours.get(), number);
    std::vector<child_process::given_file> files;
    files.push_back({file_with("given"), number});
    const auto state = [](int one) {
        return "[ -e " + file_named(one) + " ] && echo -n ' open' || echo -n ' closed';";
    };
    EXPECT_EQ(printed(state(ours.get()) + state(number), std::move(files)), " closed open");
}

// What it wrote to is at its end then: nobody else holds it.
TEST(child_process_test, what_it_is_given_is_closed_here) {
    pipe_ends ends = make_pipe();
    std::vector<child_process::given_file> files;
    files.push_back({std::move(ends.write), STDOUT_FILENO});
    child_process child = shell("echo said", std::move(files));
    EXPECT_EQ(all_from(ends.read), "said\n");
}

TEST(child_process_test, does_not_outlive_the_thread_that_started_it) {
    std::vector<child_process> children;
    std::thread([&] {
        children.push_back(shell("exec sleep 1000"));
        children.push_back(child_process::copy([]() -> int {
            while (true) pause();
        }));
    }).join();
    for (child_process& child : children) {
        child.wait();
        EXPECT_EQ(child.fate(), "signal 9") << "CTest's limit ends a test whose child does not";
    }
}

// A copy has all files that are open when it is made, also those by which others learn that a program runs.
TEST(child_process_test, a_copy_does_not_hold_up_the_start_of_a_program) {
    std::atomic<bool> ended{false};
    std::vector<child_process> copies;
    std::jthread copying([&] {
        while (!ended && copies.size() < 500)
            copies.push_back(child_process::copy([]() -> int {
                while (true) pause();
            }));
        while (!ended) std::this_thread::yield();
    });
    for (int i = 0; i < 100; ++i) EXPECT_EQ(fate_of(shell("exit 0")), "exit code 0");
    ended = true;
}

}  // namespace
}  // namespace handoff
