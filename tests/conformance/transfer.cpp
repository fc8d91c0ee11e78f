#include "transfer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace handoff::conformance {
namespace {

constexpr std::size_t shown = 5;

std::string text_of(std::uint64_t value) {
    if (value == no_value) return "an empty or torn item";
    if (value == untouched) return "an argument that was never assigned";
    return "item " + std::to_string(sequence_of(value)) + " of producer " +
           std::to_string(producer_of(value));
}

// "3 items: item 1 of producer 0, …"; empty if there are none.
std::string list(const std::vector<std::uint64_t>& values) {
    if (values.empty()) return "";
    std::string text = std::to_string(values.size()) + ":";
    for (std::size_t i = 0; i < std::min(values.size(), shown); ++i) text += " " + text_of(values[i]) + ";";
    return text;
}

std::vector<std::uint64_t> all_received(const transfer_log& log) {
    std::vector<std::uint64_t> all = log.left;
    for (const auto& values : log.consumed) all.insert(all.end(), values.begin(), values.end());
    // A sentinel that its consumer missed: another producer's item ended up behind it.
    std::erase(all, sentinel);
    std::sort(all.begin(), all.end());
    return all;
}

// Whether each item sent is among those received once, and nothing else: without sorting, of which hundreds
// of thousands would take longer than their transfer.
bool each_came_once(const transfer_log& log) {
    std::vector<std::vector<bool>> seen;
    std::size_t missing = 0;
    for (const std::size_t count : log.sent) {
        seen.emplace_back(count);
        missing += count;
    }
    const auto is_first = [&](std::uint64_t value) {
        const unsigned producer = producer_of(value);
        if (producer >= seen.size() || sequence_of(value) >= seen[producer].size()) return value == sentinel;
        if (seen[producer][sequence_of(value)]) return false;
        seen[producer][sequence_of(value)] = true;
        --missing;
        return true;
    };
    for (const auto& values : log.consumed) {
        if (!std::all_of(values.begin(), values.end(), is_first)) return false;
    }
    return std::all_of(log.left.begin(), log.left.end(), is_first) && missing == 0;
}

std::vector<std::uint64_t> all_sent(const transfer_log& log) {
    std::vector<std::uint64_t> all;
    for (unsigned p = 0; p < log.sent.size(); ++p) {
        for (std::size_t i = 0; i < log.sent[p]; ++i) all.push_back(item_value(p, i));
    }
    return all;
}

// Both are sorted.
void tell_difference(const std::vector<std::uint64_t>& sent, const std::vector<std::uint64_t>& received) {
    std::vector<std::uint64_t> lost;
    std::vector<std::uint64_t> surplus;
    std::set_difference(sent.begin(), sent.end(), received.begin(), received.end(), std::back_inserter(lost));
    std::set_difference(received.begin(), received.end(), sent.begin(), sent.end(),
                        std::back_inserter(surplus));
    EXPECT_EQ(list(lost), "") << "were pushed and never popped";
    EXPECT_EQ(list(surplus), "") << "were popped more often than pushed";
}

}  // namespace

std::string describe(const transfer_plan& plan) {
    return std::to_string(plan.producers) + " x " + std::to_string(plan.consumers) + ", requested capacity " +
           std::to_string(plan.requested) + ", " + std::to_string(plan.items_per_producer) +
           " items per producer" +
           (plan.wait == waiting::own_calls           ? ", own push and pop"
            : plan.wait == waiting::timed_calls       ? ", pop_for"
            : plan.wait == waiting::all_calls         ? ", every kind of push and pop in turn"
            : plan.wait == waiting::own_and_try_calls ? ", own and try_ calls in turn"
                                                      : "");
}

std::vector<transfer_plan> plans_for(const queue_under_test& subject,
                                     const std::vector<std::size_t>& capacities, std::size_t items) {
    constexpr std::pair<unsigned, unsigned> shapes[] = {{1, 1}, {2, 1}, {1, 2}, {2, 2}, {4, 4}};
    std::vector<transfer_plan> plans;
    for (const auto& [producers, consumers] : shapes) {
        if (producers > 1 && subject.spec->producers == cardinality::one) continue;
        if (consumers > 1 && subject.spec->consumers == cardinality::one) continue;
        for (const std::size_t requested : capacities) {
            plans.push_back({.producers = producers,
                             .consumers = consumers,
                             .requested = requested,
                             .items_per_producer = items / producers});
        }
    }
    return plans;
}

void expect_conserved(const transfer_log& log) {
    if (!each_came_once(log)) tell_difference(all_sent(log), all_received(log));
    EXPECT_EQ(log.changed_by_failed_push, 0U) << "failed try_push calls changed their argument";
    EXPECT_EQ(log.changed_by_failed_pop, 0U) << "failed try_pop calls changed their argument";
    EXPECT_EQ(log.refused_without_close, 0U) << "push or pop returned false on an open queue";
}

void expect_producer_order(unsigned producers, const transfer_log& log) {
    for (std::size_t c = 0; c < log.consumed.size(); ++c) {
        std::vector<std::uint64_t> due(producers, 0);
        for (const std::uint64_t value : log.consumed[c]) {
            if (producer_of(value) >= producers) continue;  // foreign: expect_conserved names it
            std::uint64_t& next = due[producer_of(value)];
            if (sequence_of(value) < next) {
                ADD_FAILURE() << "consumer " << c << " popped " << text_of(value) << " after item "
                              << next - 1;
                return;
            }
            next = sequence_of(value) + 1;
        }
    }
}

void expect_nothing_left(const transfer_log& log) {
    EXPECT_EQ(list(log.left), "")
        << "were left by consumers that had found the queue empty after the last push";
}

}  // namespace handoff::conformance
