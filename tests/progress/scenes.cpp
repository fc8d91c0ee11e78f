#include "scenes.hpp"

namespace handoff::stalls {

using conformance::number;

namespace {

constexpr std::size_t push = 0;
constexpr std::size_t pop = 1;

std::size_t capacity_of(const conformance::queue_under_test& subject,
                        const conformance::any_queue<number>& queue) {
    return subject.bounded() && subject.has_capacity ? queue.capacity() : 0;
}

}  // namespace

class queue_scene::pusher final : public repeater {
public:
    explicit pusher(queue_scene& scene) : scene_(scene), handle_(scene.queue_->producer()) {}

    outcome once() override {
        const bool counts = scene_.capacity_ == 0;
        // relaxed: a bound on memory, no more.
        if (counts && scene_.held_.load(std::memory_order_relaxed) >=
                          static_cast<std::int64_t>(scene_.most_held_.load(std::memory_order_relaxed)))
            return outcome::rested;
        if (!handle_->try_push(number{1})) return outcome::failed;
        if (counts) scene_.held_.fetch_add(1, std::memory_order_relaxed);
        return outcome::succeeded;
    }

private:
    queue_scene& scene_;
    const std::unique_ptr<conformance::any_producer<number>> handle_;
};

class queue_scene::popper final : public repeater {
public:
    explicit popper(queue_scene& scene) : scene_(scene), handle_(scene.queue_->consumer()) {}

    outcome once() override {
        number value = 0;
        if (!handle_->try_pop(value)) return outcome::failed;
        if (scene_.capacity_ == 0) scene_.held_.fetch_sub(1, std::memory_order_relaxed);
        return outcome::succeeded;
    }

private:
    queue_scene& scene_;
    const std::unique_ptr<conformance::any_consumer<number>> handle_;
};

queue_scene::queue_scene(const conformance::queue_under_test& subject)
    : subject_(subject),
      queue_(subject.numbers(requested)),
      capacity_(capacity_of(subject, *queue_)),
      // Twice round a ring, and more than comes out of a batch of any kind.
      owed_(2 * capacity_ + 1000),
      most_held_(owed_) {}

std::unique_ptr<repeater> queue_scene::repeat(std::size_t operation) {
    if (operation == push) return std::make_unique<pusher>(*this);
    return std::make_unique<popper>(*this);
}

bool queue_scene::may_fail(std::size_t operation, const two_counts& successes, std::size_t stopped_in) const {
    // What has been pushed and not popped, by completed calls: a stopped pop has not given back its place
    // yet, a stopped push may have taken one.
    const auto held = static_cast<std::int64_t>(successes[push] - successes[pop]);
    if (operation == pop) return held - (stopped_in == pop ? 1 : 0) <= 0;
    return subject_.bounded() && held + (stopped_in == push ? 1 : 0) >= static_cast<std::int64_t>(capacity_);
}

std::vector<cast> casts_for(const queue_spec& spec) {
    const bool many_push = spec.producers == cardinality::many;
    const bool many_pop = spec.consumers == cardinality::many;
    // In turn, so that the victim does not fill or empty the queue and most of its calls succeed.
    if (many_push && many_pop) return {{.victim = {push, pop}, .others = {true, true}}};
    return {{.victim = {push}, .others = {many_push, true}}, {.victim = {pop}, .others = {true, many_pop}}};
}

class counter_scene::adder final : public repeater {
public:
    explicit adder(counter_scene& scene) : handle_(scene.counter_->handle()) {}
    outcome once() override {
        handle_->add(1);
        return outcome::succeeded;
    }

private:
    const std::unique_ptr<conformance::any_handle> handle_;
};

class counter_scene::reader final : public repeater {
public:
    explicit reader(counter_scene& scene) : counter_(*scene.counter_) {}
    outcome once() override {
        last_ = counter_.read();
        return outcome::succeeded;
    }

private:
    const conformance::any_counter& counter_;
    volatile std::int64_t last_ = 0;  // so that the read is made
};

std::unique_ptr<repeater> counter_scene::repeat(std::size_t operation) {
    if (operation == 0) return std::make_unique<adder>(*this);
    return std::make_unique<reader>(*this);
}

}  // namespace handoff::stalls
