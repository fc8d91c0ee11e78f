// A strategy that does not do its job fails, with the reason.
#include <gtest/gtest.h>

#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <utility>

#include "contenders.hpp"
#include "downloads/processes/child_process.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

class download_faults_test : public testing::Test {
protected:
    void SetUp() override { harness_clock::calibrate(); }

    static std::string error_of(void (*run)(download_run&), bool in_order = false) {
        download_strategy_plan plan{.how = {{.name = "faulty", .in_order = in_order}, run}, .in_flight = 2};
        plan.list = {.items = 10, .latency = distribution::constant, .median = 1ms};
        return run_download_strategy(plan).error;
    }
};

TEST_F(download_faults_test, a_lost_document_is_seen) {
    EXPECT_EQ(error_of([](download_run& run) {
                  for (std::size_t i = 0; i + 1 < run.size(); ++i) run.deliver(run.fetch(i));
              }),
              "unverified: 1 of 10 documents were lost");
}

TEST_F(download_faults_test, a_result_that_is_never_handed_in_is_seen) {
    EXPECT_EQ(error_of([](download_run& run) {
                  for (std::size_t i = 0; i < run.size(); ++i)
                      if (const fetched result = run.fetch(i); i != 4) run.deliver(result);
              }),
              "unverified: 1 of 10 documents were lost");
}

TEST_F(download_faults_test, nothing_at_all_is_seen) {
    EXPECT_EQ(error_of([](download_run&) {}), "unverified: 10 of 10 documents were lost");
}

TEST_F(download_faults_test, a_result_handed_in_twice_is_seen) {
    EXPECT_EQ(error_of([](download_run& run) {
                  for (std::size_t i = 0; i < run.size(); ++i) {
                      const fetched result = run.fetch(i);
                      run.deliver(result);
                      if (i == 3) run.deliver(result);
                  }
              }),
              "unverified: 1 of 10 documents came twice");
}

TEST_F(download_faults_test, a_document_fetched_twice_is_seen) {
    EXPECT_EQ(error_of([](download_run& run) {
                  run.fetch(6);
                  for (std::size_t i = 0; i < run.size(); ++i) run.deliver(run.fetch(i));
              }),
              "unverified: document 6 was fetched twice");
}

TEST_F(download_faults_test, another_end_is_seen) {
    EXPECT_EQ(error_of([](download_run& run) {
                  for (std::size_t i = 0; i < run.size(); ++i) {
                      fetched result = run.fetch(i);
                      if (i == 5) ++result.digest;
                      run.deliver(result);
                  }
              }),
              "unverified: document 5 came to another end than its own");
}

void hand_in_backwards(download_run& run) {
    for (std::size_t i = run.size(); i-- > 0;) run.deliver(run.fetch(i));
}

TEST_F(download_faults_test, order_matters_where_it_is_promised) {
    EXPECT_EQ(error_of(hand_in_backwards, true),
              "unverified: results came out of order, which 'faulty' promises");
    EXPECT_EQ(error_of(hand_in_backwards, false), "");
}

// The job of the processes below.
const download_run* under_way = nullptr;

// Kills all processes of the group but the one that calls this, as soon as a document has come: then the
// others have been handed out, and a process that is gone takes one with it. A timer asks again and again,
// because nobody can say when that is.
void kill_the_others(int) {
    if (under_way == nullptr || under_way->stamps().front().ended < job_time(0)) return;
    std::signal(SIGUSR1, SIG_IGN);
    kill(0, SIGUSR1);
}

// What the strategy that has processes says when they are killed.
std::string run_with_killed_processes() {
    auto documents = make_documents({.items = 4, .latency = distribution::constant, .median = 60s}, 1);
    documents.front().latency = 1ms;
    simulated_network network({});
    const strategy& how = contender("processes");
    download_run run(documents, network, how.spec, 2, time_kind::real);
    under_way = &run;
    try {
        how.run(run);
    } catch (const std::runtime_error& e) {
        return e.what();
    }
    return "nothing";
}

TEST_F(download_faults_test, processes_that_die_are_seen) {
    child_process group = child_process::copy([] {
        setpgid(0, 0);
        std::signal(SIGALRM, kill_the_others);
        const timeval often{.tv_sec = 0, .tv_usec = 20'000};
        const itimerval timer{.it_interval = often, .it_value = often};
        setitimer(ITIMER_REAL, &timer, nullptr);
        const std::string said = run_with_killed_processes();
        const bool told = said.find("has ended (signal 10), and its document is lost") != std::string::npos;
        if (!told) std::fprintf(stderr, "it said: %s\n", said.c_str());
        return told ? 0 : 2;
    });
    group.wait();
    EXPECT_EQ(group.fate(), "exit code 0");
}

// Loses one stop item, if it is told to, and knows when nothing else is left in it.
template <class T>
class forgetful_ring : public mutex_ring<T> {
public:
    using producer = direct_producer<forgetful_ring>;
    using consumer = direct_consumer<forgetful_ring>;
    using mutex_ring<T>::mutex_ring;

    bool try_push(T&& value) {
        if (value.tag == stop_tag && loses_one.exchange(false)) return true;
        return mutex_ring<T>::try_push(std::move(value));
    }
    bool try_pop(T& value) {
        const bool popped = mutex_ring<T>::try_pop(value);
        taken += popped;
        return popped;
    }

    static inline std::atomic<bool> loses_one{false};
    static inline std::atomic<int> taken{0};
};
static_assert(queue<forgetful_ring<pool_job>>);

constexpr int pool_items = 10;
constexpr int pool_workers = 2;

// A watchdog: ends the process by a signal where a worker still waits although all has come out that can. An
// exit would not do: at an exit ThreadSanitizer takes a worker that has ended, and is not joined yet, for a
// leak.
void look_at_the_pool(int) {
    if (forgetful_ring<pool_job>::taken == pool_items + pool_workers - 1) raise(SIGUSR1);
    alarm(1);
}

int run_pool(bool loses_a_stop_item) {
    if (loses_a_stop_item) {
        std::signal(SIGALRM, look_at_the_pool);
        alarm(1);
    }
    forgetful_ring<pool_job>::loses_one = loses_a_stop_item;
    download_strategy_plan plan{.how = {{.name = "forgetful_pool"},
                                        run_download_pool<forgetful_ring<pool_job>, pool_end::stop_items>},
                                .in_flight = pool_workers};
    plan.list = {.items = pool_items, .latency = distribution::constant, .median = 1ms};
    return run_download_strategy(plan).error.empty() ? 0 : 2;
}

// A stop item for each worker: one too few, and one of them waits for ever, with all of its work done. Nobody
// takes that for an end; the campaign's watchdog sees it, as this one does.
TEST_F(download_faults_test, a_lost_stop_item_is_waited_for) {
    child_process sound = child_process::copy([] { return run_pool(false); });
    sound.wait();
    EXPECT_EQ(sound.fate(), "exit code 0");
    child_process faulty = child_process::copy([] { return run_pool(true); });
    faulty.wait();
    EXPECT_EQ(faulty.fate(), "signal " + std::to_string(SIGUSR1));
}

TEST_F(download_faults_test, too_many_under_way_are_seen) {
    EXPECT_EQ(error_of([](download_run& run) {
                  std::vector<download_run::steps> ways;
                  for (std::size_t i = 0; i < run.size(); ++i) ways.emplace_back(run, i);
                  for (download_run::steps& way : ways) {
                      while (way.next()) {
                      }
                      run.deliver(way.end());
                  }
              }),
              "unverified: 10 of 10 documents were under way at once; at most 2 may be");
}

}  // namespace
}  // namespace handoff
