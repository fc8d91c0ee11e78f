#include "producer_consumer_role.hpp"

#include <utility>

namespace handoff {

producer_consumer_run::producer_consumer_run(const producer_consumer_plan& plan, const queue_spec& spec)
    : two_ended_run(plan.settings, plan.producers, plan.consumers, spec),
      plan_(plan),
      pushed_(plan.producers),
      seen_(plan.consumers) {}

producer_consumer_run::~producer_consumer_run() = default;

outcome producer_consumer_run::run() {
    sample s = take();
    return finish(s);
}

outcome producer_consumer_run::finish(sample& s) {
    verdict seen = prefaulted_;
    for (const tally& t : pushed_) seen.pushed += t;
    for (const verdict& of_one : seen_) seen += of_one;
    seen += leftovers(seen.pushed.count);
    outcome result = std::move(s.result);
    if (const std::string wrong = verify(spec_, seen); !wrong.empty()) result.error = wrong;
    const auto items = static_cast<double>(s.operations(plan_.producers, plan_.consumers));
    result.values.emplace_back("capacity", static_cast<double>(capacity()));
    result.values.emplace_back("verified", spec_.conserves ? 1.0 : 0.0);
    result.values.emplace_back("items", items);
    result.values.emplace_back("items_per_second", items / s.window_s);
    result.values.emplace_back("overtakes", static_cast<double>(seen.overtakes));
    result.values.emplace_back("overtake_depth", static_cast<double>(seen.overtake_depth));
    add_shares(result.values, "producer", s, 0, plan_.producers);
    add_shares(result.values, "consumer", s, plan_.producers, plan_.consumers);
    return result;
}

}  // namespace handoff
