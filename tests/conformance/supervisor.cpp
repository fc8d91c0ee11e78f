#include "supervisor.hpp"

#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "environment.hpp"

namespace handoff::conformance {
namespace {

// A queue that fails so many has shown what it is.
constexpr unsigned most_deaths = 8;

[[noreturn]] void fail(const char* call) {
    std::fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, call, strerror(errno));
    std::exit(EXIT_FAILURE);
}

// Tells the supervisor, by a pipe, which tests there are to run, and how far they have come.
class teller : public testing::EmptyTestEventListener {
public:
    explicit teller(int descriptor) : descriptor_(descriptor) {}

    void OnTestIterationStart(const testing::UnitTest& all, int) override {
        for (int i = 0; i < all.total_test_suite_count(); ++i) {
            const testing::TestSuite& suite = *all.GetTestSuite(i);
            for (int k = 0; k < suite.total_test_count(); ++k) {
                if (suite.GetTestInfo(k)->should_run()) tell("plan", *suite.GetTestInfo(k));
            }
        }
    }
    void OnTestStart(const testing::TestInfo& test) override { tell("begin", test); }
    void OnTestEnd(const testing::TestInfo& test) override { tell("end", test); }

private:
    void tell(std::string_view what, const testing::TestInfo& test) const {
        std::string line(what);
        line += ' ';
        line += test.test_suite_name();
        line += '.';
        line += test.name();
        line += '\n';
        if (write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) fail("write");
    }

    const int descriptor_;
};

struct course {
    std::vector<std::string> planned;
    std::vector<std::string> ended;
    std::string under_way;
    int status = 0;  // as waitpid says
};

course parse(const std::string& told) {
    course seen;
    std::istringstream lines(told);
    for (std::string what, test; lines >> what >> test;) {
        if (what == "plan") seen.planned.push_back(test);
        if (what == "begin") seen.under_way = test;
        if (what == "end") {
            seen.ended.push_back(test);
            seen.under_way.clear();
        }
    }
    return seen;
}

std::string read_all(int descriptor) {
    std::string told;
    char some[4096];
    for (;;) {
        const ssize_t size = read(descriptor, some, sizeof some);
        if (size == 0) return told;
        if (size > 0) told.append(some, static_cast<std::size_t>(size));
        if (size < 0 && errno != EINTR) fail("read");
    }
}

course run_in_a_child(const std::function<int(unsigned)>& run, unsigned failed_before) {
    int ends[2];
    if (pipe(ends) != 0) fail("pipe");
    std::fflush(nullptr);
    const pid_t supervisor = getpid();
    const pid_t child = fork();
    if (child == -1) fail("fork");
    if (child == 0) {
        // Whoever ends the supervisor means the tests.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != supervisor) std::_Exit(EXIT_FAILURE);
        close(ends[0]);
        testing::UnitTest::GetInstance()->listeners().Append(new teller(ends[1]));
        std::exit(run(failed_before));
    }
    close(ends[1]);
    course seen = parse(read_all(ends[0]));
    close(ends[0]);
    while (waitpid(child, &seen.status, 0) == -1) {
        if (errno != EINTR) fail("waitpid");
    }
    return seen;
}

std::string end_of(int status) {
    if (WIFSIGNALED(status)) {
        return "was ended by signal " + std::to_string(WTERMSIG(status)) + " (" +
               strsignal(WTERMSIG(status)) + ")";
    }
    return "ended its process with exit code " + std::to_string(WEXITSTATUS(status));
}

std::vector<std::string> left_of(const course& seen) {
    std::vector<std::string> left;
    for (const std::string& test : seen.planned) {
        const bool done = std::find(seen.ended.begin(), seen.ended.end(), test) != seen.ended.end();
        if (!done && test != seen.under_way) left.push_back(test);
    }
    return left;
}

std::string filter_for(const std::vector<std::string>& tests) {
    std::string filter;
    for (const std::string& test : tests) filter += (filter.empty() ? "" : ":") + test;
    return filter;
}

}  // namespace

int supervised(const std::function<int(unsigned)>& run) {
    if (testing::GTEST_FLAG(break_on_failure)) return run(0);
    int result = EXIT_SUCCESS;
    std::string dead;
    for (unsigned deaths = 0;;) {
        const course seen = run_in_a_child(run, deaths);
        if (WIFEXITED(seen.status) && seen.under_way.empty()) {
            const int code = WEXITSTATUS(seen.status);
            result = deaths > 0 ? EXIT_FAILURE : code;
            break;
        }
        result = EXIT_FAILURE;
        const std::string test = seen.under_way.empty() ? "the process of the tests" : seen.under_way;
        dead += (dead.empty() ? "" : ", ") + test;
        const std::vector<std::string> left = left_of(seen);
        std::fprintf(stderr, "%s: %s %s", program_invocation_short_name, test.c_str(),
                     end_of(seen.status).c_str());
        if (left.empty() || seen.under_way.empty() || testing::GTEST_FLAG(fail_fast)) {
            std::fprintf(stderr, "\n");
            break;
        }
        if (++deaths == most_deaths) {
            std::fprintf(stderr, "; %zu tests are left and not run, since %u have ended so\n", left.size(),
                         deaths);
            break;
        }
        std::fprintf(stderr, "; the other %zu tests run in a new process\n", left.size());
        testing::GTEST_FLAG(filter) = filter_for(left);
    }
    if (!dead.empty()) {
        std::fprintf(stderr, "%s: ended their process: %s\n", program_invocation_short_name, dead.c_str());
    }
    return result;
}

}  // namespace handoff::conformance
