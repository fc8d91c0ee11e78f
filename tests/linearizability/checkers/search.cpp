#include "checkers/search.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <vector>

namespace handoff::linearizability {
namespace {

constexpr std::size_t most_threads = 16;

// What a queue holds, as the indices of the pushes in the order of the linearization.
class contents {
public:
    contents(const history& calls, const sequential_queue& promise) : calls_(calls), promise_(promise) {}

    // Makes the call if it is legal now.
    bool make(std::uint32_t index) {
        const operation& o = calls_[index];
        switch (o.result) {
            case outcome::empty:
                return held_.empty();
            case outcome::full:
                return promise_.capacity && held_.size() == *promise_.capacity;
            case outcome::success:
                break;
        }
        return o.what == call::push ? push(index) : pop(o.value);
    }
    void unmake(std::uint32_t index) {
        const operation& o = calls_[index];
        if (!o.succeeded()) return;
        if (o.what == call::push) {
            held_.pop_back();
        } else {
            const auto [place, pushed] = popped_.back();
            popped_.pop_back();
            held_.insert(held_.begin() + static_cast<std::ptrdiff_t>(place), pushed);
        }
    }
    const std::vector<std::uint32_t>& held() const { return held_; }

private:
    bool push(std::uint32_t index) {
        if (promise_.capacity && held_.size() >= *promise_.capacity) return false;
        held_.push_back(index);
        return true;
    }

    bool pop(std::uint64_t value) {
        const auto found = std::find_if(held_.begin(), held_.end(),
                                        [&](std::uint32_t i) { return calls_[i].value == value; });
        if (found == held_.end()) return false;
        const auto place = static_cast<std::size_t>(found - held_.begin());
        if (!may_leave(place)) return false;
        popped_.emplace_back(place, *found);
        held_.erase(found);
        return true;
    }

    bool may_leave(std::size_t place) const {
        switch (promise_.delivery) {
            case order::fifo:
                return place == 0;
            case order::lifo:
                return place + 1 == held_.size();
            case order::per_producer_fifo:
                return std::none_of(
                    held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(place),
                    [&](std::uint32_t i) { return calls_[i].thread == calls_[held_[place]].thread; });
            case order::k_relaxed:
                return place <= promise_.most_overtaken;
            case order::unordered:
                break;
        }
        return true;
    }

    const history& calls_;
    const sequential_queue& promise_;
    std::vector<std::uint32_t> held_;
    std::vector<std::pair<std::size_t, std::uint32_t>> popped_;  // from which place, for unmake
};

// The calls of each thread, and how many of them have been linearized.
class progress_of_threads {
public:
    explicit progress_of_threads(const history& calls) : calls_(calls) {
        std::map<std::uint16_t, std::vector<std::uint32_t>> by_thread;
        for (std::uint32_t i = 0; i < calls.size(); ++i) by_thread[calls[i].thread].push_back(i);
        for (auto& [thread, indices] : by_thread) lanes_.push_back(std::move(indices));
        if (lanes_.size() > most_threads)
            throw std::invalid_argument("a history of " + std::to_string(lanes_.size()) +
                                        " threads; the search takes up to " + std::to_string(most_threads));
        made_.resize(lanes_.size());
    }

    std::uint32_t next_of(std::size_t lane) const { return lanes_[lane][made_[lane]]; }
    void advance(std::size_t lane) { ++made_[lane]; }
    void retreat(std::size_t lane) { --made_[lane]; }
    const std::vector<std::uint32_t>& made() const { return made_; }

    // The threads whose next call may take effect now: no call that is still to come precedes it. Those that
    // respond first come first, since that order is mostly right.
    std::size_t ready(std::array<std::uint8_t, most_threads>& lanes) const {
        stamp first_response = never;
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
            if (!ended(lane)) first_response = std::min(first_response, calls_[next_of(lane)].responded);
        }
        std::size_t count = 0;
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
            if (!ended(lane) && calls_[next_of(lane)].invoked <= first_response)
                lanes[count++] = static_cast<std::uint8_t>(lane);
        }
        std::sort(lanes.begin(), lanes.begin() + count, [&](std::uint8_t a, std::uint8_t b) {
            return calls_[next_of(a)].responded < calls_[next_of(b)].responded;
        });
        return count;
    }

private:
    bool ended(std::size_t lane) const { return made_[lane] == lanes_[lane].size(); }

    const history& calls_;
    std::vector<std::vector<std::uint32_t>> lanes_;
    std::vector<std::uint32_t> made_;
};

class linearization_search {
public:
    linearization_search(const history& calls, const sequential_queue& promise)
        : calls_(calls), threads_(calls), held_(calls, promise) {}

    answer run(std::size_t most_configurations) {
        steps_.reserve(calls_.size() + 1);
        enter();
        while (!steps_.empty()) {
            if (steps_.size() == calls_.size() + 1) return answer::legal;
            if (!try_next()) {
                leave();
            } else if (is_new()) {
                if (seen_.size() > most_configurations) return answer::undecided;
                enter();
            } else {
                take_back();
            }
        }
        return answer::illegal;
    }

private:
    // A configuration on the way, and which of its choices were tried.
    struct step {
        std::array<std::uint8_t, most_threads> lanes;
        std::size_t choices;
        std::size_t tried = 0;
    };

    // A failed call that is legal now may as well be made at once: it changes nothing, and so needs no
    // alternative.
    void enter() {
        step next;
        next.choices = threads_.ready(next.lanes);
        for (std::size_t i = 0; i < next.choices; ++i) {
            const std::uint32_t index = threads_.next_of(next.lanes[i]);
            if (!calls_[index].succeeded() && held_.make(index)) {
                next.lanes[0] = next.lanes[i];
                next.choices = 1;
            }
        }
        steps_.push_back(next);
    }

    bool try_next() {
        step& now = steps_.back();
        while (now.tried < now.choices) {
            const std::size_t lane = now.lanes[now.tried++];
            if (held_.make(threads_.next_of(lane))) {
                threads_.advance(lane);
                return true;
            }
        }
        return false;
    }

    void take_back() {
        const std::size_t lane = steps_.back().lanes[steps_.back().tried - 1];
        threads_.retreat(lane);
        held_.unmake(threads_.next_of(lane));
    }

    void leave() {
        steps_.pop_back();
        if (!steps_.empty()) take_back();
    }

    bool is_new() {
        std::u32string key(threads_.made().begin(), threads_.made().end());
        key.append(held_.held().begin(), held_.held().end());
        return seen_.insert(std::move(key)).second;
    }

    const history& calls_;
    progress_of_threads threads_;
    contents held_;
    std::vector<step> steps_;
    std::unordered_set<std::u32string> seen_;
};

}  // namespace

answer search(const history& calls, const sequential_queue& promise, std::size_t most_configurations) {
    return linearization_search(calls, promise).run(most_configurations);
}

}  // namespace handoff::linearizability
