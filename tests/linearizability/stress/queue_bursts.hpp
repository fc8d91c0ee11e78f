// Bursts of calls on one queue: it is filled to a drawn level, the threads push and pop all at once, and it
// is drained. The queue lives through all bursts of a plan, so that its indices go round many times. But a
// quarter of the bursts are on a queue of their own, if it can be made so, which begins just before a limit
// at which its indices may wrap: an end passes it in the burst.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "any_queue.hpp"
#include "stress/burst_team.hpp"

namespace handoff::linearizability {

struct queue_plan : team_plan {
    unsigned producers = 1;
    unsigned consumers = 1;
    unsigned both = 0;  // threads that push and pop
    std::size_t requested = 64;
};

std::string describe(const queue_plan& plan);

// Which plans fit the queue: two to four threads at its ends by capacities 1, 2, 4 and 64, those left out at
// which it would hold as many as at a smaller one. With stamps first, if they are trusted.
std::vector<queue_plan> queue_plans(const conformance::queue_under_test& subject, bool stamps_trusted);

class queue_bursts final : public burst_team {
public:
    queue_bursts(const conformance::queue_under_test& subject, const queue_plan& plan,
                 const std::vector<int>& cpus, std::uint64_t seed);

    // Of a bounded queue.
    std::size_t capacity() const { return lasting_->capacity(); }
    std::optional<index_start> start() const override { return start_; }

private:
    struct alignas(no_false_sharing) own_count {
        std::uint64_t count = 0;
    };

    void prepare() override;
    void finish(burst_record& record) override;
    void burst(unsigned self, recorder& record, call_pace& pace) override;

    bool pushes(unsigned self) const {
        return self < plan_.producers || self >= plan_.producers + plan_.consumers;
    }
    bool pops(unsigned self) const { return self >= plan_.producers; }
    std::size_t level_to_fill();
    void choose_queue(std::size_t level);
    void choose_one_that_wraps(std::size_t level);
    std::uint64_t new_value(unsigned self) {
        return (std::uint64_t{self} + 1) << 40 | ++last_value_[self].count;
    }

    const queue_plan plan_;
    const bool bounded_;
    const decltype(conformance::queue_under_test::numbers_from) from_;
    const std::unique_ptr<conformance::any_queue<conformance::number>> lasting_;
    std::unique_ptr<conformance::any_queue<conformance::number>> wrapping_;  // of one burst
    conformance::any_queue<conformance::number>* queue_;                     // of this burst: one of both
    std::optional<index_start> start_;
    std::vector<own_count> last_value_;  // one per thread, and one for the calls made alone
    recorder before_;
    recorder after_;
};

}  // namespace handoff::linearizability
