#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "effort.hpp"
#include "small_crowd.hpp"
#include "tests.hpp"
#include "threads.hpp"
#include "turns.hpp"

namespace handoff::stalls {
namespace {

using clock = std::chrono::steady_clock;
using conformance::number;
using conformance::random_below;
using std::chrono::milliseconds;

constexpr unsigned players = 3;
// Each makes at most so many calls in a turn, enough to empty or to fill the queue.
constexpr unsigned most_calls = 5;
// By each, so that both calls are among them, some that fail, too.
constexpr unsigned followed_calls = 6;
// The turn of a thread that waits for one which stands still ends by letting that one go on.
constexpr milliseconds longest_turn{1};
constexpr milliseconds longest_game{100};
// Where nobody waits for anybody, a turn takes as long as it takes to wake a thread. In so many of them a
// fault is found that one turn in some thousand shows; on a busy machine they take seconds.
constexpr std::size_t enough_turns = 30'000;
constexpr std::chrono::seconds longest_test{10};
constexpr std::size_t most_steps = 20'000;

// Three threads on a queue of few places.
class game {
public:
    // `places`: where calls may be cut; found out where there are none yet.
    game(const conformance::queue_under_test& subject, conformance::any_queue<number>& queue,
         std::vector<std::uintptr_t>& places)
        : subject_(subject), queue_(queue), places_(places) {
        const bool many_push = subject.spec->producers == cardinality::many;
        const bool many_pop = subject.spec->consumers == cardinality::many;
        log_.sent.resize(many_push ? players : 1);
        log_.consumed.resize(many_pop ? players : 2);
        first_popper_ = many_pop ? 0 : 1;
        count_ = many_push || many_pop ? players : 2;
        for (auto& values : log_.consumed) values.reserve(most_steps * most_calls);
        for (unsigned i = 0; i < count_; ++i) {
            players_.emplace_back(told_);
            seeds_.push_back(random_below(~std::uint64_t{0}));
        }
    }

    void run() {
        conformance::run_threads(
            count_,
            [this](unsigned self) {
                const auto producer = self < log_.sent.size() ? queue_.producer() : nullptr;
                const bool pops = self >= first_popper_ && self < log_.consumed.size();
                const auto consumer = pops ? queue_.consumer() : nullptr;
                players_[self].play(seeds_[self], [&](std::uint64_t chance) {
                    call(self, producer.get(), consumer.get(), chance);
                });
            },
            [this] { conduct(); });
    }

    void expect_all_and_room() { conformance::expect_all_and_room(subject_, queue_, log_); }

    std::size_t steps() const { return steps_; }
    std::size_t cuts() const { return cuts_; }

private:
    void call(unsigned self, conformance::any_producer<number>* producer,
              conformance::any_consumer<number>* consumer, std::uint64_t chance) {
        const bool pushes = consumer == nullptr || (producer != nullptr && chance % 100 < push_percent_);
        number value = conformance::untouched;
        if (!pushes) {
            if (consumer->try_pop(value)) log_.consumed[self].push_back(value);
        } else if (producer->try_push(conformance::item_value(self, log_.sent[self]))) {
            ++log_.sent[self];
        }
    }

    void conduct() {
        if (places_.empty()) follow_some_calls();
        updates_ = course_of_calls::updates_of(places_);
        for (const auto end = clock::now() + longest_game; clock::now() < end && steps_ < most_steps;
             ++steps_)
            step();
        let_all_go_on();
        wait();
        for (player& one : players_) one.dismiss();
    }

    void follow_some_calls() {
        course_of_calls course;
        for (player& one : players_) {
            one.begin(followed_calls, &course);
            ++running_;
            wait();
        }
        places_ = course.places();
    }

    // One goes on, as a rule until it comes to a place at which it is cut. At most times one or two of the
    // others stand still in calls.
    void step() {
        constexpr unsigned percents[] = {30, 50, 50, 70};
        if (steps_ % 8 == 0) push_percent_ = percents[random_below(4)];
        player& one = players_[random_below(count_)];
        if (random_below(4) != 0) set_cut();
        ++running_;
        if (one.is_cut())
            one.go_on();
        else
            one.begin(static_cast<unsigned>(1 + random_below(most_calls)));
        wait();
        cut_.clear();
        cuts_ += one.is_cut();
    }
    void set_cut() {
        // Half of the time before an update, where what the thread has read before may be true no longer.
        const auto& among = updates_.empty() || random_below(2) == 0 ? places_ : updates_;
        if (among.empty() || cut_.set(among[random_below(among.size())])) return;
        places_.clear();
        updates_.clear();
    }
    void let_all_go_on() {
        for (player& one : players_) {
            if (!one.is_cut()) continue;
            one.go_on();
            ++running_;
        }
    }
    void wait() {
        while (running_ > 0) {
            if (told_.wait(longest_turn)) {
                --running_;
                continue;
            }
            // Again and again: one may have come to stand still meanwhile, with what another waits for.
            let_all_go_on();
        }
    }

    const conformance::queue_under_test& subject_;
    conformance::any_queue<number>& queue_;
    conformance::transfer_log log_;
    unsigned count_ = players;
    unsigned first_popper_ = 0;
    reports told_;
    std::deque<player> players_;
    std::vector<std::uint64_t> seeds_;
    unsigned push_percent_ = 50;  // of the next turns; read by who has its turn
    unsigned running_ = 0;
    std::vector<std::uintptr_t>& places_;
    std::vector<std::uintptr_t> updates_;
    breakpoint cut_;
    std::size_t cuts_ = 0;
    std::size_t steps_ = 0;
};

}  // namespace

// A thread that stands still between looking at a node and taking it, while this is taken and put back: it
// then takes the node for what it was (the ABA problem), loses nodes or doubles items.
void cut_calls_keep_items_and_room(const conformance::queue_under_test& subject) {
    const bool many =
        subject.spec->producers == cardinality::many && subject.spec->consumers == cardinality::many;
    const bool has_locks =
        subject.spec->push == progress::blocking && subject.spec->pop == progress::blocking;
    const auto begin = clock::now();
    const auto goes_on = [&](std::size_t steps) {
        const auto time = clock::now() - begin;
        return time < the_effort().per_test ||
               (many && !has_locks && steps < enough_turns && time < longest_test);
    };
    std::size_t steps = 0;
    std::size_t cuts = 0;
    std::vector<std::uintptr_t> places;
    for (std::size_t i = 0; i < 3 || goes_on(steps); ++i) {
        const std::size_t requested = 2 + i % 3;
        const conformance::doing what("requested capacity " + std::to_string(requested));
        const auto queue = subject.numbers(requested);
        game tested(subject, *queue, places);
        tested.run();
        tested.expect_all_and_room();
        steps += tested.steps();
        cuts += tested.cuts();
        if (testing::Test::HasFailure()) return;
    }
    std::printf("%s: %zu turns of threads, of which %zu ended in the middle of a call%s\n",
                std::string(subject.registered_name).c_str(), steps, cuts,
                cuts == 0 ? ": not tested there, the kernel forbids to write the program's code" : "");
}

}  // namespace handoff::stalls
