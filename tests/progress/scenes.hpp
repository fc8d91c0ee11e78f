// Queues and counters as scenes of the experiment.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <string_view>
#include <vector>

#include "any_counter.hpp"
#include "any_queue.hpp"
#include "experiment.hpp"

namespace handoff::stalls {

class queue_scene final : public scene {
public:
    static constexpr std::array<std::string_view, 2> operations = {"push", "pop"};

    explicit queue_scene(const conformance::queue_under_test& subject);

    std::unique_ptr<repeater> repeat(std::size_t operation) override;
    std::uint64_t owed() const override { return owed_; }
    bool may_fail(std::size_t operation, const two_counts& successes, std::size_t stopped_in) const override;
    void stop_begins() override {
        // Above what is held now, which may be what the last stop has left.
        most_held_ = static_cast<std::uint64_t>(std::max<std::int64_t>(held_, 0)) + 2 * owed_;
    }
    void stop_ends() override { most_held_ = owed_; }

private:
    class pusher;
    class popper;

    // Small, so that the others soon come round to the slot of the stopped thread; but more than the threads,
    // so that what these hold between them does not fill it.
    static constexpr std::size_t requested = 8;

    const conformance::queue_under_test& subject_;
    const std::unique_ptr<conformance::any_queue<conformance::number>> queue_;
    const std::size_t capacity_;  // of a bounded queue
    const std::uint64_t owed_;
    // The test's own bound on what an unbounded queue holds. During a stop there is room for what is owed.
    std::atomic<std::uint64_t> most_held_;
    std::atomic<std::int64_t> held_{0};  // only of an unbounded queue, about
};

// Who may take part: where the spec has several threads at an end, the victim and another share it.
std::vector<cast> casts_for(const queue_spec& spec);

class counter_scene final : public scene {
public:
    static constexpr std::array<std::string_view, 2> operations = {"add", "read"};

    explicit counter_scene(const conformance::counter_under_test& subject) : counter_(subject.make()) {}

    std::unique_ptr<repeater> repeat(std::size_t operation) override;
    std::uint64_t owed() const override { return 1000; }
    bool may_fail(std::size_t, const two_counts&, std::size_t) const override { return false; }

private:
    class adder;
    class reader;

    const std::unique_ptr<conformance::any_counter> counter_;
};

}  // namespace handoff::stalls
