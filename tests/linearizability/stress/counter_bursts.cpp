#include "stress/counter_bursts.hpp"

namespace handoff::linearizability {

std::string describe(const team_plan& plan) {
    return std::to_string(plan.threads) + " threads that add and read" + plan.describe();
}

std::vector<team_plan> counter_plans(bool stamps_trusted) {
    std::vector<team_plan> plans;
    for (const stamping stamps : {stamping::on, stamping::off}) {
        if (stamps == stamping::on && !stamps_trusted) continue;
        for (const unsigned threads : {2U, 3U, 4U}) plans.push_back({.threads = threads, .stamps = stamps});
    }
    return plans;
}

counter_bursts::counter_bursts(const conformance::counter_under_test& subject, const team_plan& plan,
                               const std::vector<int>& cpus, std::uint64_t seed)
    : burst_team(plan, cpus, seed), subject_(subject), after_(alone, 1, plan.stamps) {}

void counter_bursts::finish(burst_record& record) {
    after_.clear();
    after_.read([&] { return counter_->read(); });
    append(record.after, after_.calls());
}

void counter_bursts::burst(unsigned self, recorder& record, call_pace& pace) {
    const auto handle = counter_->handle();
    meet(self, pace);
    for (std::size_t i = 0; i < draw().attempts; ++i) {
        pass_time(pace);
        if (pace.push_next()) {
            record.add(1, [&] {
                call(self, [&] {
                    handle->add(1);
                    return true;
                });
            });
        } else {
            record.read([&] { return call(self, [&] { return counter_->read(); }); });
        }
    }
}

}  // namespace handoff::linearizability
