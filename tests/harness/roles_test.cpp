// The roles on a plain queue: verified where it is right, failed with the reason where it is not.
#include <gtest/gtest.h>

#include <algorithm>

#include "downloads/workloads/pipeline_role.hpp"
#include "reference_queue.hpp"
#include "until_shown.hpp"
#include "workloads/bulk_role.hpp"
#include "workloads/counter_role.hpp"
#include "workloads/ping_pong_role.hpp"
#include "workloads/producer_consumer_role.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;
using element = item<8>;

template <fault Fault>
using faulty = reference_queue<element, Fault>;
using correct = reference_queue<element>;

const run_settings brief{.ramp = 5ms, .window = 40ms};

double figure(const outcome& result, std::string_view name) {
    const auto found = std::ranges::find(result.values, name, &std::pair<std::string, double>::first);
    return found == result.values.end() ? -1.0 : found->second;
}

producer_consumer_plan shape(unsigned producers, unsigned consumers, wait_kind wait) {
    producer_consumer_plan plan;
    plan.producers = producers;
    plan.consumers = consumers;
    plan.wait = wait;
    plan.capacity = 64;
    return plan;
}

bool has_failed(const outcome& seen) {
    return !seen.error.empty();
}

bool has_operations(const outcome& seen) {
    return has_failed(seen) || figure(seen, "operations") > 0.0;
}

class roles_test : public testing::Test {
protected:
    void SetUp() override { harness_clock::calibrate(); }
};

TEST_F(roles_test, producer_consumer_is_verified_with_every_wait) {
    for (std::size_t kind = 0; kind < wait_names.size(); ++kind) {
        producer_consumer_plan plan = shape(2, 3, static_cast<wait_kind>(kind));
        const outcome result = until_shown(
            plan, run_producer_consumer<correct, element>,
            [](const outcome& seen) { return !seen.error.empty() || figure(seen, "items") > 0.0; });
        EXPECT_EQ(result.error, "") << wait_names[kind];
        EXPECT_GT(figure(result, "items"), 0.0) << wait_names[kind];
        EXPECT_EQ(figure(result, "capacity"), 64.0);
        EXPECT_EQ(figure(result, "overtakes"), 0.0);
    }
}

TEST_F(roles_test, producer_consumer_finds_each_fault) {
    producer_consumer_plan plan = shape(1, 1, wait_kind::yield);
    const auto error = [&](auto run) { return until_shown(plan, run, has_failed).error; };
    EXPECT_NE(error(run_producer_consumer<faulty<fault::loses>, element>).find("1 of"), std::string::npos);
    EXPECT_NE(error(run_producer_consumer<faulty<fault::doubles>, element>).find("came out twice"),
              std::string::npos);
    EXPECT_NE(error(run_producer_consumer<faulty<fault::reorders>, element>).find("overtook"),
              std::string::npos);
}

bulk_plan bulk_shape(unsigned threads, std::size_t bulk) {
    return {shape(threads, threads, wait_kind::yield), bulk};
}

TEST_F(roles_test, bulk_is_verified_with_any_number_of_items_in_a_call) {
    for (const std::size_t bulk : {1U, 4U, 64U}) {
        bulk_plan plan = bulk_shape(2, bulk);
        const outcome result = until_shown(plan, run_bulk<correct, element>, [](const outcome& seen) {
            return has_failed(seen) || figure(seen, "items") > 0.0;
        });
        EXPECT_EQ(result.error, "") << bulk;
        EXPECT_GT(figure(result, "items"), 0.0) << bulk;
        EXPECT_EQ(figure(result, "overtakes"), 0.0) << bulk;
    }
}

TEST_F(roles_test, bulk_finds_each_fault) {
    bulk_plan plan = bulk_shape(1, 16);
    const auto error = [&](auto run) { return until_shown(plan, run, has_failed).error; };
    EXPECT_NE(error(run_bulk<faulty<fault::loses>, element>).find("1 of"), std::string::npos);
    EXPECT_NE(error(run_bulk<faulty<fault::doubles>, element>).find("came out twice"), std::string::npos);
    EXPECT_NE(error(run_bulk<faulty<fault::reorders>, element>).find("overtook"), std::string::npos);
}

TEST_F(roles_test, ping_pong_is_verified_with_every_wait_and_one_or_two_queues) {
    for (std::size_t kind = 0; kind < wait_names.size(); ++kind)
        for (const unsigned queues : {1u, 2u}) {
            ping_pong_plan plan;
            plan.queues = queues;
            plan.wait = static_cast<wait_kind>(kind);
            plan.distribution = queues == 2;
            const outcome result =
                until_shown(plan, run_ping_pong<correct, element>, [](const outcome&) { return true; });
            EXPECT_EQ(result.error, "") << wait_names[kind];
            EXPECT_GT(figure(result, "round_trip_ns"), 0.0) << wait_names[kind];
            if (plan.distribution) {
                EXPECT_LE(figure(result, "p50_ns"), figure(result, "p99_ns"));
                EXPECT_LE(figure(result, "p99_ns"), figure(result, "max_ns") * (1 + 1.0 / 64));
            }
        }
}

TEST_F(roles_test, the_mean_round_trip_agrees_with_the_window) {
    ping_pong_plan plan;
    plan.wait = wait_kind::yield;
    // Off by what the serving thread needed to notice the two edges; it may be descheduled at each.
    const auto ratio = [](const outcome& seen) {
        return figure(seen, "round_trip_ns") / (figure(seen, "window_s") * 1e9 / figure(seen, "round_trips"));
    };
    const outcome result = until_shown(plan, run_ping_pong<correct, element>, [&](const outcome& seen) {
        return ratio(seen) > 0.5 && ratio(seen) < 1.5;
    });
    EXPECT_NEAR(ratio(result), 1.0, 0.5);
}

TEST_F(roles_test, ping_pong_finds_a_lost_and_a_doubled_item) {
    ping_pong_plan plan;
    plan.wait = wait_kind::yield;
    for (const unsigned queues : {2u, 1u}) {
        plan.queues = queues;
        for (auto* const run :
             {run_ping_pong<faulty<fault::loses>, element>, run_ping_pong<faulty<fault::doubles>, element>}) {
            const outcome result = until_shown(plan, run, has_failed);
            EXPECT_TRUE(has_failed(result) && !result.error.starts_with("voided: ")) << result.error;
        }
    }
}

// A counter that is right, and one that forgets each thousandth addition.
template <bool Forgets>
class plain_counter {
public:
    using handle = direct_handle<plain_counter>;
    static constexpr counter_spec spec{.name = "plain_counter",
                                       .cite = "test",
                                       .add = progress::wait_free,
                                       .read = progress::wait_free,
                                       .value = read_guarantee::exact};
    void add(std::int64_t n) {
        if (Forgets && ++calls_ % 1000 == 0) return;
        value_ += n;
    }
    std::int64_t read() const { return value_; }

private:
    std::atomic<std::int64_t> value_{0};
    std::atomic<std::int64_t> calls_{0};
};

TEST_F(roles_test, counters_are_verified_in_every_mix) {
    for (std::size_t mix = 0; mix < counter_mix_names.size(); ++mix) {
        counter_plan plan{.threads = 2, .mix = static_cast<counter_mix>(mix)};
        const outcome right = until_shown(plan, run_counter<plain_counter<false>>, has_operations);
        EXPECT_EQ(right.error, "") << counter_mix_names[mix];
        EXPECT_GT(figure(right, "operations"), 0.0);
        EXPECT_EQ(figure(right, "lost_updates"), 0.0);
        // Forgotten additions and subtractions may cancel.
        if (plan.mix != counter_mix::add_subtract) {
            EXPECT_NE(until_shown(plan, run_counter<plain_counter<true>>, has_failed).error, "")
                << counter_mix_names[mix];
        }
    }
}

TEST_F(roles_test, reads_are_as_frequent_as_the_mix_says) {
    for (const auto& [mix, share] : {std::pair{counter_mix::read_10, 0.1}, {counter_mix::read_90, 0.9}}) {
        counter_plan plan{.threads = 1, .mix = mix};
        // So many that the last ten, of which some are left out, do not matter.
        const outcome result = until_shown(plan, run_counter<plain_counter<false>>, [](const outcome& seen) {
            return figure(seen, "adds") > 20'000.0;
        });
        EXPECT_NEAR(figure(result, "reads") / (figure(result, "reads") + figure(result, "adds")), share,
                    0.001);
    }
}

TEST_F(roles_test, a_list_that_lost_nothing_is_consecutive) {
    counter_plan plan{.threads = 2, .mix = counter_mix::list_packed};
    const outcome result = until_shown(plan, run_counter<plain_counter<false>>, has_operations);
    EXPECT_EQ(figure(result, "consecutive"), 1.0);
}

TEST_F(roles_test, download_saves_every_document_once) {
    for (const wait_kind wait : {wait_kind::block, wait_kind::sleep_1ms, wait_kind::own}) {
        download_plan plan;
        plan.settings = brief;
        plan.downloaders = 8;
        plan.savers = 2;
        plan.wait = wait;
        plan.items = 24;
        const outcome result = run_download<correct>(plan);
        EXPECT_EQ(result.error, "");
        EXPECT_EQ(figure(result, "items"), 24.0);
        EXPECT_GT(figure(result, "efficiency"), 0.0);
        EXPECT_LE(figure(result, "efficiency"), 1.0);
        EXPECT_GT(figure(result, "cpu_s"), 0.0);
        EXPECT_GE(figure(result, "voluntary_switches"), 24.0) << "each document is waited for";
        EXPECT_GE(figure(result, "involuntary_switches"), 0.0);
    }
}

}  // namespace
}  // namespace handoff
