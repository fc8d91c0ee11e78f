// A queue that is first in, first out, unless a thread is stopped in mid-push: the stress must fail it.
#include <atomic>
#include <concepts>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "queue_suite.hpp"
#include "support/pause.hpp"

namespace handoff::linearizability {
namespace {

// A push takes its place in the line, and publishes its item afterwards. A pop waits for the item of the
// first place; but not for long, and this is the fault: it skips the place, and it and the pops after it come
// back to it only when the line is empty. So an item whose push has returned meanwhile is overtaken by those
// that others push from then on.
//
// It is not by those of its own producer: with a thread's next push its skipped items come back into the
// line. So each producer's items stay in order, none is lost, and a pop finds the queue empty only if it is.
template <std::default_initializable T>
class skipping_queue {
public:
    using value_type = T;
    using producer = direct_producer<skipping_queue>;
    using consumer = direct_consumer<skipping_queue>;

    static constexpr queue_spec spec{
        .name = "skipping_queue",
        .cite = "control: skips an item whose push is stopped",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
    };

    explicit skipping_queue(std::size_t) {}

    bool try_push(T&& value) {
        place& mine = take_place();
        for (unsigned n = 0; n < pauses_before_publication; ++n) pause();
        mine.value = std::move(value);
        mine.published.store(true, std::memory_order_release);
        return true;
    }

    bool try_pop(T& value) {
        const std::lock_guard hold(lock_);
        while (!line_.empty()) {
            if (published_soon(line_.front())) {
                take(line_, line_.begin(), value);
                return true;
            }
            skipped_.splice(skipped_.end(), line_, line_.begin());
        }
        for (auto one = skipped_.begin(); one != skipped_.end(); ++one) {
            if (!one->published.load(std::memory_order_acquire)) continue;
            take(skipped_, one, value);
            return true;
        }
        return false;
    }

private:
    struct place {
        std::thread::id owner = std::this_thread::get_id();
        std::atomic<bool> published{false};
        T value{};
    };
    using places = std::list<place>;

    // The time in which most stops hit a push, some hundred nanoseconds; and how long a pop waits: some 20
    // us, much longer than a push takes and shorter than a stop.
    static constexpr unsigned pauses_before_publication = 10;
    static constexpr unsigned yields_before_skip = 64;

    place& take_place() {
        const std::lock_guard hold(lock_);
        for (auto one = skipped_.begin(); one != skipped_.end();) {
            const auto next = std::next(one);
            if (one->owner == std::this_thread::get_id()) line_.splice(line_.end(), skipped_, one);
            one = next;
        }
        return line_.emplace_back();
    }

    static bool published_soon(const place& one) {
        for (unsigned tries = 0; !one.published.load(std::memory_order_acquire); ++tries) {
            if (tries == yields_before_skip) return false;
            std::this_thread::yield();
        }
        return true;
    }

    static void take(places& from, typename places::iterator one, T& value) {
        value = std::move(one->value);
        from.erase(one);
    }

    std::mutex lock_;
    places line_;     // guarded by lock_, but for what a push writes into its own place
    places skipped_;  // likewise
};

[[maybe_unused]] const bool registered = conformance::register_queue<skipping_queue>("skipping_queue");

}  // namespace
}  // namespace handoff::linearizability
