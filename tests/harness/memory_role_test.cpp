// The memory role with a meter that only a queue of this test reports to, so that every figure is known.
#include "workloads/memory_role.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "reference_queue.hpp"

namespace handoff {
namespace {

using element = item<8>;

class fake_meter : public memory_meter {
public:
    memory_use read() const override { return now_; }
    void restart_peak() override { now_.peak_bytes = now_.live_bytes; }

    void take(std::int64_t bytes) {
        ++now_.allocations;
        now_.live_bytes += bytes;
        now_.peak_bytes = std::max(now_.peak_bytes, now_.live_bytes);
    }
    void give_back(std::int64_t bytes) { now_.live_bytes -= bytes; }

private:
    memory_use now_;
};

// What the queue below reports to.
fake_meter* the_meter = nullptr;

constexpr std::int64_t bytes_of_queue = 1000;
constexpr std::int64_t bytes_of_handle = 50;
constexpr std::int64_t bytes_of_node = 24;
constexpr std::int64_t bytes_of_cache = 200;  // kept from the first push on

// A list of nodes and a cache, as far as the meter can tell.
class node_queue {
public:
    using value_type = element;

    class producer : public direct_producer<node_queue> {
    public:
        explicit producer(node_queue& q) : direct_producer(q) { the_meter->take(bytes_of_handle); }
        producer(const producer&) = delete;
        producer& operator=(const producer&) = delete;
        ~producer() { the_meter->give_back(bytes_of_handle); }
    };
    using consumer = direct_consumer<node_queue>;

    static constexpr queue_spec spec{.name = "node_queue",
                                     .cite = "test",
                                     .producers = cardinality::one,
                                     .consumers = cardinality::one,
                                     .bound = boundedness::unbounded,
                                     .push = progress::blocking,
                                     .pop = progress::blocking,
                                     .delivery = order::fifo};

    explicit node_queue(std::size_t) { the_meter->take(bytes_of_queue); }
    node_queue(const node_queue&) = delete;
    node_queue& operator=(const node_queue&) = delete;
    ~node_queue() { the_meter->give_back(bytes_of_queue + (cached_ ? bytes_of_cache : 0)); }

    bool try_push(element&& value) {
        if (!std::exchange(cached_, true)) the_meter->take(bytes_of_cache);
        the_meter->take(bytes_of_node);
        items_.push_back(value);
        return true;
    }
    bool try_pop(element& value) {
        if (items_.empty()) return false;
        the_meter->give_back(bytes_of_node);
        value = items_.front();
        items_.pop_front();
        return true;
    }

private:
    std::deque<element> items_;
    bool cached_ = false;
};

double figure(const outcome& result, std::string_view name) {
    const auto found = std::ranges::find(result.values, name, &std::pair<std::string, double>::first);
    return found == result.values.end() ? -1.0 : found->second;
}

class memory_role_test : public testing::Test {
protected:
    memory_role_test() {
        the_meter = &meter_;
        meter_.take(5000);  // the process's own, which is none of the queue's
        meter_.take(70'000);
        meter_.give_back(70'000);
        plan_.items = 100;
        plan_.meter = &meter_;
    }

    fake_meter meter_;
    memory_plan plan_;
};

TEST_F(memory_role_test, every_figure_is_what_the_queue_took) {
    const outcome result = run_memory<node_queue, element>(plan_);
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(figure(result, "verified"), 1.0);
    EXPECT_EQ(figure(result, "items"), 100.0);
    EXPECT_EQ(figure(result, "capacity"), 0.0);
    EXPECT_EQ(figure(result, "empty_bytes"), 1050.0);
    EXPECT_EQ(figure(result, "bytes_per_item"), (1050 + 200 + 100 * 24) / 100.0);
    EXPECT_EQ(figure(result, "retained_bytes"), 1250.0);
    EXPECT_EQ(figure(result, "peak_bytes"), 1250 + 100 * 24.0);
    EXPECT_EQ(figure(result, "allocations_per_item"), 1.0);
    EXPECT_EQ(meter_.read().live_bytes, 5000) << "the queue is gone";
}

TEST_F(memory_role_test, the_peak_of_a_queue_that_holds_little_is_that_of_the_passing_items) {
    plan_.items = 2;  // while two are held, one is held and another one passes
    const outcome result = run_memory<node_queue, element>(plan_);
    EXPECT_EQ(figure(result, "items"), 2.0);
    EXPECT_EQ(figure(result, "peak_bytes"), 1250 + 2 * 24.0);
}

TEST_F(memory_role_test, a_bounded_queue_is_filled_to_its_capacity_however_small) {
    for (const std::size_t capacity : {1u, 2u, 64u}) {
        plan_.items = capacity;
        const outcome result = run_memory<reference_queue<element>, element>(plan_);
        EXPECT_EQ(result.error, "") << capacity;
        EXPECT_EQ(figure(result, "items"), static_cast<double>(capacity));
        EXPECT_EQ(figure(result, "capacity"), static_cast<double>(capacity));
        EXPECT_EQ(figure(result, "bytes_per_item"), 0.0) << "nobody reported any";
    }
}

TEST_F(memory_role_test, finds_each_fault) {
    plan_.items = 64;
    const auto error = [this]<fault Fault>() {
        return run_memory<reference_queue<element, Fault>, element>(plan_).error;
    };
    EXPECT_NE(error.operator()<fault::loses>().find("lost"), std::string::npos);
    EXPECT_NE(error.operator()<fault::doubles>().find("came out twice"), std::string::npos);
    EXPECT_NE(error.operator()<fault::reorders>().find("overtook"), std::string::npos);
}

TEST_F(memory_role_test, a_queue_that_takes_nothing_has_no_figure) {
    plan_.items = 0;
    const outcome result = run_memory<reference_queue<element>, element>(plan_);
    EXPECT_EQ(result.error.rfind("voided: the queue took no item", 0), 0u) << result.error;
    EXPECT_EQ(figure(result, "bytes_per_item"), -1.0);
}

}  // namespace
}  // namespace handoff
