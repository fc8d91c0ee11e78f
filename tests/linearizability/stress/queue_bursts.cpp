#include "stress/queue_bursts.hpp"

#include <iterator>
#include <set>

#include "index_limits.hpp"

namespace handoff::linearizability {
namespace {

using conformance::number;

constexpr std::size_t capacities[] = {1, 2, 4, 64};
constexpr std::size_t room[] = {1, 64};     // asked of an unbounded queue: it has to grow, or not
constexpr std::size_t small_capacity = 64;  // up to here, bursts begin full, too
constexpr std::size_t most_alone = small_capacity + 1;
constexpr std::size_t wraps_every = 4;

// All that was put in, and some more: the drain ends even if the queue never does.
std::size_t most_drained(const queue_plan& plan) {
    return plan.threads * most_attempts + 2 * most_alone;
}

struct ends {
    unsigned producers;
    unsigned consumers;
    unsigned both;
};
constexpr ends shapes[] = {{1, 1, 0}, {0, 0, 2}, {2, 1, 0}, {1, 2, 0}, {2, 2, 0}, {0, 0, 4}};

bool fits(const ends& shape, const queue_spec& spec) {
    return (spec.producers == cardinality::many || shape.producers + shape.both == 1) &&
           (spec.consumers == cardinality::many || shape.consumers + shape.both == 1);
}

std::vector<std::size_t> distinct_capacities(const conformance::queue_under_test& subject) {
    if (!subject.bounded() || !subject.has_capacity) return {std::begin(room), std::end(room)};
    std::vector<std::size_t> requested;
    std::set<std::size_t> held;
    for (const std::size_t capacity : capacities) {
        if (held.insert(subject.numbers(capacity)->capacity()).second) requested.push_back(capacity);
    }
    return requested;
}

}  // namespace

std::string describe(const queue_plan& plan) {
    std::string text = std::to_string(plan.producers) + " producers, " + std::to_string(plan.consumers) +
                       " consumers, requested capacity " + std::to_string(plan.requested);
    if (plan.both > 0)
        text = std::to_string(plan.both) + " threads that push and pop, requested capacity " +
               std::to_string(plan.requested);
    return text + plan.team_plan::describe();
}

std::vector<queue_plan> queue_plans(const conformance::queue_under_test& subject, bool stamps_trusted) {
    std::vector<queue_plan> plans;
    for (const stamping stamps : {stamping::on, stamping::off}) {
        if (stamps == stamping::on && !stamps_trusted) continue;
        for (const std::size_t requested : distinct_capacities(subject)) {
            for (const ends& shape : shapes) {
                if (!fits(shape, *subject.spec)) continue;
                const unsigned threads = shape.producers + shape.consumers + shape.both;
                plans.push_back({{.threads = threads, .stamps = stamps},
                                 shape.producers,
                                 shape.consumers,
                                 shape.both,
                                 requested});
            }
        }
    }
    return plans;
}

queue_bursts::queue_bursts(const conformance::queue_under_test& subject, const queue_plan& plan,
                           const std::vector<int>& cpus, std::uint64_t seed)
    : burst_team(plan, cpus, seed),
      plan_(plan),
      bounded_(subject.bounded() && subject.has_capacity),
      from_(subject.numbers_from),
      lasting_(subject.numbers(plan.requested)),
      queue_(lasting_.get()),
      last_value_(plan.threads + 1),
      before_(alone, most_alone, plan.stamps),
      after_(alone, most_drained(plan) + 1, plan.stamps) {}

void queue_bursts::burst(unsigned self, recorder& record, call_pace& pace) {
    const auto producer = pushes(self) ? queue_->producer() : nullptr;
    const auto consumer = pops(self) ? queue_->consumer() : nullptr;
    meet(self, pace);
    for (std::size_t i = 0; i < draw().attempts; ++i) {
        pass_time(pace);
        if (producer && (!consumer || pace.push_next())) {
            const std::uint64_t value = new_value(self);
            record.push(value, [&] { return call(self, [&] { return producer->try_push(number{value}); }); });
        } else {
            record.pop([&](number& item) { return call(self, [&] { return consumer->try_pop(item); }); });
        }
    }
}

// Empty, full, or anywhere between; now and then with one push too many.
std::size_t queue_bursts::level_to_fill() {
    if (!bounded_ || queue_->capacity() > small_capacity) return dice().below(2) * dice().below(5);
    switch (dice().below(4)) {
        case 0:
            return queue_->capacity();
        case 1:
            return queue_->capacity() + dice().below(2);
        case 2:
            return dice().below(queue_->capacity());
        default:
            return 0;
    }
}

void queue_bursts::choose_queue(std::size_t level) {
    if (from_ != nullptr && dice().below(wraps_every) == 0) {
        choose_one_that_wraps(level);
    } else if (start_) {
        queue_ = lasting_.get();
        start_.reset();
        conformance::now_doing(describe(plan_));
    }
}

// The pops pass the limit while the threads are at work, or else the pushes, which are ahead by the level.
void queue_bursts::choose_one_that_wraps(std::size_t level) {
    const std::uint64_t limit = conformance::index_limits[dice().below(std::size(conformance::index_limits))];
    const std::uint64_t steps = dice().below(2) * level + 1 + dice().below(draw().attempts);
    start_ = index_start{.first = limit - steps, .steps = steps};
    // A fault of the wrap as a rule makes a call hang.
    conformance::now_doing(describe(plan_) + describe(start_));
    wrapping_ = from_(plan_.requested, first_index{start_->first});
    queue_ = wrapping_.get();
}

void queue_bursts::prepare() {
    before_.clear();
    const std::size_t fill = level_to_fill();
    choose_queue(fill);
    const auto producer = queue_->producer();
    for (std::size_t level = fill; level > 0; --level) {
        const std::uint64_t value = new_value(plan_.threads);
        before_.push(value, [&] { return producer->try_push(number{value}); });
    }
}

void queue_bursts::finish(burst_record& record) {
    after_.clear();
    const auto consumer = queue_->consumer();
    std::size_t most = most_drained(plan_);
    while (after_.pop([&](number& item) { return consumer->try_pop(item); }) && most > 0) --most;
    append(record.before, before_.calls());
    append(record.after, after_.calls());
}

}  // namespace handoff::linearizability
