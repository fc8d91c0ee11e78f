#include "session.hpp"

#include <errno.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

namespace handoff::conformance {
namespace {

std::uint64_t run_seed = 0;
std::mt19937_64 generator;
unsigned time_limit_s = 60;

constexpr std::size_t slowdown() {
#if defined(__SANITIZE_THREAD__)
    return 8;
#elif defined(__SANITIZE_ADDRESS__)
    return 3;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
    return 8;
#elif __has_feature(address_sanitizer)
    return 3;
#else
    return 1;
#endif
#else
    return 1;
#endif
}

// Aborts the process when a test, or one step of it, outlives the time limit: a thread of its own, because a
// hung test cannot be trusted to reach any check. Steps begin the limit anew: where other processes want the
// CPUs, too, each yield may cost a time slice, and a test of thirty steps minutes, without hanging.
class watchdog {
public:
    watchdog() : thread_([this] { watch(); }) {}
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;
    ~watchdog() {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }

    void begin(std::string test) {
        const std::lock_guard lock(mutex_);
        test_ = std::move(test);
        detail_.clear();
        renew();
        armed_ = true;
        changed_.notify_one();
    }
    void end() {
        const std::lock_guard lock(mutex_);
        armed_ = false;
        changed_.notify_one();
    }
    void set_detail(std::string detail) {
        const std::lock_guard lock(mutex_);
        detail_ = std::move(detail);
        renew();
    }
    [[noreturn]] void abort_run(std::string_view what) {
        const std::lock_guard lock(mutex_);
        abort_locked(what);
    }

private:
    void renew() { deadline_ = std::chrono::steady_clock::now() + std::chrono::seconds(time_limit_s); }
    void watch() {
        std::unique_lock lock(mutex_);
        while (!ended_) {
            if (!armed_) {
                changed_.wait(lock);
            } else if (std::chrono::steady_clock::now() >= deadline_) {
                abort_locked("did not end within " + std::to_string(time_limit_s) + " s");
            } else {
                changed_.wait_until(lock, deadline_);
            }
        }
    }
    [[noreturn]] void abort_locked(std::string_view what) const {
        const std::string where = detail_.empty() ? "" : " (" + detail_ + ")";
        std::fprintf(stderr, "%s: %s%s: %.*s\n", program_invocation_short_name, test_.c_str(), where.c_str(),
                     static_cast<int>(what.size()), what.data());
        std::fflush(nullptr);
        std::abort();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string test_;
    std::string detail_;
    std::chrono::steady_clock::time_point deadline_;
    bool armed_ = false;
    bool ended_ = false;
    std::thread thread_;  // last: it starts when everything that it reads exists
};

watchdog& the_watchdog() {
    static watchdog dog;
    return dog;
}

class suite_test : public testing::Test {
public:
    suite_test(std::string name, std::function<void()> body)
        : name_(std::move(name)), body_(std::move(body)) {}

private:
    void SetUp() override {
        generator.seed(run_seed ^ std::hash<std::string>{}(name_));
        the_watchdog().begin(name_);
    }
    void TestBody() override { body_(); }
    void TearDown() override { the_watchdog().end(); }

    const std::string name_;
    const std::function<void()> body_;
};

}  // namespace

void add_test(std::string_view suite, std::string_view name, std::function<void()> body) {
    const std::string suite_name(suite);
    const std::string test_name(name);
    testing::RegisterTest(suite_name.c_str(), test_name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [full_name = suite_name + "." + test_name, body = std::move(body)] {
                              return new suite_test(full_name, body);
                          });
}

void set_seed(std::uint64_t seed) {
    run_seed = seed;
}

std::uint64_t seed() {
    return run_seed;
}

std::uint64_t random_below(std::uint64_t bound) {
    return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(generator);
}

void set_time_limit(unsigned seconds) {
    time_limit_s = seconds;
}

std::size_t scaled(std::size_t count, std::size_t at_least) {
    return std::max(count / slowdown(), std::min(count, at_least));
}

void now_doing(std::string what) {
    the_watchdog().set_detail(std::move(what));
}

void die(std::string_view what) {
    the_watchdog().abort_run(what);
}

struct doing::trace {
    testing::ScopedTrace scope;
};

doing::doing(std::string what) : trace_(new trace{testing::ScopedTrace(__FILE__, __LINE__, what)}) {
    the_watchdog().set_detail(std::move(what));
}

doing::~doing() {
    the_watchdog().set_detail("");
    delete trace_;
}

}  // namespace handoff::conformance
