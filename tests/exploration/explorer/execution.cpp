#include "execution.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <utility>

#include "arena.hpp"

namespace handoff::exploration {
namespace {

execution* under_way = nullptr;

// Whether the execution comes to its end or throws.
class under_way_guard {
public:
    under_way_guard(execution* now, arena::on_free watcher) {
        under_way = now;
        arena::watch_frees(watcher);
    }
    under_way_guard(const under_way_guard&) = delete;
    under_way_guard& operator=(const under_way_guard&) = delete;
    ~under_way_guard() {
        arena::in_use = false;
        arena::watch_frees(nullptr);
        under_way = nullptr;
    }
};

std::string file_of(const char* path) {
    const std::string_view whole(path);
    return std::string(whole.substr(whole.find_last_of('/') + 1));
}

}  // namespace

execution& running() {
    if (under_way == nullptr) {
        std::fputs("exploration: an explored object is used outside of a scenario\n", stderr);
        std::abort();
    }
    return *under_way;
}

outcome execution::run(const std::function<void()>& body, decisions& from, const bounds& limits,
                       bool tracing) {
    memory_.reset();
    shadow_.reset();
    numbers_.clear();
    objects_.clear();
    for (spinner& t : spinners_) {
        t.looks.clear();
        t.looked_at_old = false;
    }
    futex_sleepers_.fill({});
    outcome_ = {};
    tracing_ = tracing;
    arena::reset();
    const auto whole = [this, &body] {
        memory_.tick(0);
        arena::in_use = true;
        body();
        arena::in_use = false;
        check_leaks();
    };
    const under_way_guard guard(this, &freed);
    scheduler_.run(whole, from, limits);
    if (scheduler_.is_stuck()) outcome_.failure = stuck();
    outcome_.choices = scheduler_.choices();
    outcome_.steps = scheduler_.steps();
    return std::move(outcome_);
}

void execution::run_threads(std::span<const std::function<void()>> work) {
    const arena::outside guard;
    const unsigned first = scheduler_.threads();
    for (const auto& task : work) {
        // A reference: the caller waits here, and a broken-off execution leaves nothing behind.
        const unsigned started = scheduler_.start([&task] {
            arena::in_use = true;
            task();
            arena::in_use = false;
        });
        memory_.learn(started, known());
        memory_.tick(started);
    }
    memory_.tick(0);
    const auto all_finished = [this] {
        for (unsigned i = 1; i < scheduler_.threads(); ++i) {
            if (!scheduler_.finished(i)) return false;
        }
        return true;
    };
    wait("the other threads", all_finished);
    for (unsigned i = first; i < scheduler_.threads(); ++i) learn(memory_.known(i));
}

void execution::fail(std::string what) {
    arena::in_use = false;
    outcome_.failure = std::move(what);
    // Nothing of this frame is destroyed any more.
    what = {};
    what.shrink_to_fit();
    scheduler_.break_off();
}

void execution::observe(std::initializer_list<int> values) {
    const arena::outside guard;
    outcome_.observed.insert(outcome_.observed.end(), values.begin(), values.end());
}

epoch execution::mark() {
    return memory_.tick(scheduler_.current());
}

void execution::check_leaks() {
    if (shadow_.living() != 0) fail("leak: an object is never destroyed");
    if (arena::living_blocks() != 0) fail("leak: memory is never freed");
}

void execution::freed(const void* block, std::size_t size, bool sound) {
    if (under_way == nullptr) return;
    const arena::outside guard;
    if (!sound) under_way->fail("memory is freed twice");
    if (under_way->shadow_.lives_in(block, size)) under_way->fail("memory is freed in which an object lives");
}

void execution::note(place where, const std::string& text) {
    std::string line =
        std::to_string(scheduler_.steps()) + "  thread " + std::to_string(scheduler_.current()) + "  " + text;
    if (where.file != nullptr) line += "  (" + file_of(where.file) + ":" + std::to_string(where.line) + ")";
    outcome_.trace.push_back(std::move(line));
}

void execution::step(place where, const char* what) {
    const arena::outside guard;
    if (!scheduler_.step()) fail("livelock: too many steps");
    memory_.tick(scheduler_.current());
    if (*what != '\0') say(where, [what] { return std::string(what); });
}

scheduler::ended execution::wait(const char* what, const std::function<bool()>& can_run, bool can_wake) {
    const arena::outside guard;
    const auto how = scheduler_.wait(what, can_run, can_wake);
    if (how == scheduler::ended::never) fail(stuck());
    return how;
}

void execution::spin() {
    const arena::outside guard;
    spinner& mine = spinners_[scheduler_.current()];
    // A second pause in a row tells nothing new.
    if (mine.looks.empty() && !mine.looked_at_old) return;
    if (!scheduler_.count_step()) fail("livelock: too many steps");
    const auto changed = [this, &mine] {
        if (mine.looked_at_old) return true;
        for (const look& l : mine.looks) {
            if (objects_[l.object].version != l.version) return true;
        }
        return false;
    };
    wait("a change of what it spins on", changed);
    mine.looks.clear();
    mine.looked_at_old = false;
}

void execution::touch(const void* object, access how) {
    const arena::outside guard;
    const unsigned me = scheduler_.current();
    // An event of its own: what this thread has released before does not cover it.
    const epoch now = memory_.tick(me);
    const vector_clock& knows = memory_.clock(me);
    std::string problem;
    switch (how) {
        case access::begin_life:
            problem = shadow_.begin_life(object, now, knows);
            break;
        case access::end_life:
            problem = shadow_.end_life(object, now, knows);
            break;
        case access::read:
            problem = shadow_.read(object, now, knows);
            break;
        case access::write:
            problem = shadow_.write(object, now, knows);
            break;
    }
    if (!problem.empty()) fail(std::move(problem));
}

}  // namespace handoff::exploration
