// Bursts of calls on one counter, a new one for each: threads add ones and read, all at once; then, alone,
// one reads what is left.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "any_counter.hpp"
#include "stress/burst_team.hpp"

namespace handoff::linearizability {

std::string describe(const team_plan& plan);

// Two, three and four threads. With stamps first, if they are trusted.
std::vector<team_plan> counter_plans(bool stamps_trusted);

class counter_bursts final : public burst_team {
public:
    counter_bursts(const conformance::counter_under_test& subject, const team_plan& plan,
                   const std::vector<int>& cpus, std::uint64_t seed);

private:
    void prepare() override { counter_ = subject_.make(); }
    void finish(burst_record& record) override;
    void burst(unsigned self, recorder& record, call_pace& pace) override;

    const conformance::counter_under_test subject_;
    recorder after_;
    std::unique_ptr<conformance::any_counter> counter_;
};

}  // namespace handoff::linearizability
