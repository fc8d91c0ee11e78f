#include "session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "build.hpp"
#include "watchdog.hpp"

namespace handoff::conformance {
namespace {

std::uint64_t run_seed = 0;
std::mt19937_64 generator;

class suite_test : public testing::Test {
public:
    suite_test(std::string name, std::function<void()> body)
        : name_(std::move(name)), body_(std::move(body)) {}

private:
    void SetUp() override {
        generator.seed(run_seed ^ std::hash<std::string>{}(name_));
        watchdog::begin(name_);
    }
    void TestBody() override { body_(); }
    void TearDown() override { watchdog::end(); }

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

std::size_t scaled(std::size_t count, std::size_t at_least) {
    return std::max(count / slowdown, std::min(count, at_least));
}

void now_doing(std::string what) {
    watchdog::begin_step(what);
}

void die(std::string_view what) {
    watchdog::abort_run(what);
}

struct doing::trace {
    testing::ScopedTrace scope;
};

doing::doing(std::string what) : trace_(new trace{testing::ScopedTrace(__FILE__, __LINE__, what)}) {
    watchdog::begin_step(what);
}

doing::~doing() {
    watchdog::begin_step("");
    delete trace_;
}

}  // namespace handoff::conformance
