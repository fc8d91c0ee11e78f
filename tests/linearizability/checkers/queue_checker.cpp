#include "checkers/queue_checker.hpp"

#include <algorithm>

#include "checkers/failures.hpp"
#include "checkers/item_order.hpp"
#include "checkers/items.hpp"
#include "checkers/search.hpp"

namespace handoff::linearizability {
namespace {

finding check_delivery(const queue_promise& promise, std::span<const item> items) {
    switch (promise.delivery) {
        case order::fifo:
            return check_fifo(items);
        case order::per_producer_fifo:
            return check_producer_fifo(items);
        case order::lifo:
            return check_lifo(items);
        case order::k_relaxed:
            return check_overtaken(items, promise.most_overtaken);
        case order::unordered:
            break;
    }
    return {};
}

finding check_rules(const queue_promise& promise, std::span<const item> items, const judged_calls& judged) {
    if (finding broken = check_delivery(promise, items)) return broken;
    // Before what failed, so that the items that show why it must not have cannot be too many by themselves.
    if (promise.capacity) {
        if (finding broken = check_capacity(items, *promise.capacity)) return broken;
    }
    const bool reserves = promise.failure == try_failure::in_flight;
    if (finding broken =
            reserves ? check_reserved_empty(items, judged.empty) : check_empty(items, judged.empty))
        return broken;
    if (promise.capacity) return check_full(items, judged.full, *promise.capacity);
    if (judged.full.empty()) return {};
    return violation{"full", "a push on an unbounded queue failed", {judged.full.front()}};
}

// Shrinks a history that the search has found illegal, by what could not have made a legal one illegal:
// leaving out a failed call; or an item, if no push that said "full" overlaps its time in the queue.
class shrinking {
public:
    shrinking(history calls, const sequential_queue& promise, std::size_t budget)
        : calls_(std::move(calls)), promise_(promise), budget_(budget) {}

    history smallest() {
        while (drop_some_failures() || drop_some_items()) {
        }
        return std::move(calls_);
    }

private:
    bool drop_some_failures() {
        const history before = calls_;
        for (const operation& o : before) {
            if (!o.succeeded()) drop({&o, 1});
        }
        return calls_.size() < before.size();
    }

    bool drop_some_items() {
        const history before = calls_;
        for (const item& one : find_items(before).items) {
            history gone;
            append_calls(gone, one);
            if (!fills(one)) drop(gone);
        }
        return calls_.size() < before.size();
    }

    bool fills(const item& one) const {
        return std::any_of(calls_.begin(), calls_.end(), [&](const operation& o) {
            return o.result == outcome::full && one.push->invoked <= o.responded &&
                   one.pop_responded() >= o.invoked;
        });
    }

    void drop(std::span<const operation> gone) {
        history rest;
        std::copy_if(calls_.begin(), calls_.end(), std::back_inserter(rest), [&](const operation& o) {
            return std::find(gone.begin(), gone.end(), o) == gone.end();
        });
        if (search(rest, promise_, budget_) == answer::illegal) calls_ = std::move(rest);
    }

    history calls_;
    const sequential_queue promise_;
    const std::size_t budget_;
};

// Of calls that only together are wrong, those that failed stand accused; there may be none.
violation wrong_together(history calls) {
    const auto others =
        std::stable_partition(calls.begin(), calls.end(), [](const operation& o) { return !o.succeeded(); });
    const auto failed = static_cast<std::size_t>(others - calls.begin());
    return {.rule = "linearizability",
            .what = "no order of these calls explains what they returned",
            .witness = std::move(calls),
            .accused = failed};
}

// The rules of LIFO do not see every order that is wrong, so that one may be among what shows a failed call
// to be wrong. Then the calls that succeeded are wrong by themselves, and that is what is shown.
void blame_the_order(violation& broken, const sequential_queue& promise, std::size_t budget) {
    history succeeded;
    std::copy_if(broken.witness.begin(), broken.witness.end(), std::back_inserter(succeeded),
                 [](const operation& o) { return o.succeeded(); });
    if (succeeded.size() == broken.witness.size()) return;
    std::ranges::sort(succeeded, {}, &operation::invoked);
    if (search(succeeded, promise, budget) == answer::illegal)
        broken = wrong_together(shrinking(std::move(succeeded), promise, budget).smallest());
}

// What one order must explain: all of it, or, of a queue that is exact for each end, all but one end's
// failures.
std::vector<history> to_explain(const history& calls, try_failure failure) {
    if (failure != try_failure::exact_per_end) return {calls};
    std::vector<history> views(2);
    for (const operation& o : calls) {
        if (o.result != outcome::empty) views[0].push_back(o);
        if (o.result != outcome::full) views[1].push_back(o);
    }
    return views;
}

}  // namespace

queue_verdict check_queue(const history& calls, const queue_promise& promise,
                          std::size_t most_configurations) {
    queue_verdict verdict;
    const judged_calls judged = without_excused(calls, promise.failure);
    verdict.excused = judged.excused;
    const items_found found = find_items(judged.calls);
    verdict.broken = found.broken;
    if (verdict.broken) return verdict;
    verdict.overtaken = overtaken(found.items);
    const sequential_queue sequential{
        .delivery = promise.delivery, .capacity = promise.capacity, .most_overtaken = promise.most_overtaken};
    verdict.broken = check_rules(promise, found.items, judged);
    if (verdict.broken) {
        if (promise.delivery == order::lifo && most_configurations != no_search)
            blame_the_order(*verdict.broken, sequential, most_configurations);
        return verdict;
    }

    const bool full_to_explain = !judged.full.empty() && promise.failure != try_failure::in_flight;
    const bool capacity_matters =
        promise.capacity && (full_to_explain || most_possibly_there(found.items) > *promise.capacity);
    // What is a legal FIFO queue, by rules that are exact, is a legal k-relaxed one, too.
    const bool rules_suffice =
        promise.delivery != order::lifo && (promise.delivery != order::k_relaxed || verdict.overtaken == 0);
    verdict.exact = !capacity_matters && rules_suffice;
    if (verdict.exact || most_configurations == no_search) return verdict;
    verdict.exact = true;
    for (const history& view : to_explain(judged.calls, promise.failure)) {
        const answer decided = search(view, sequential, most_configurations);
        if (decided == answer::undecided) verdict.exact = false;
        if (decided != answer::illegal) continue;
        verdict.exact = true;
        verdict.broken = wrong_together(shrinking(view, sequential, most_configurations).smallest());
        break;
    }
    return verdict;
}

std::string_view checker_of(const queue_promise& promise) {
    switch (promise.delivery) {
        case order::fifo:
            if (!promise.capacity) return "linearizable FIFO";
            return promise.failure == try_failure::exact_per_end
                       ? "linearizable bounded FIFO, as each end sees it"
                       : "linearizable bounded FIFO";
        case order::per_producer_fifo:
            return "FIFO per producer";
        case order::lifo:
            return promise.capacity ? "linearizable bounded LIFO" : "linearizable LIFO";
        case order::k_relaxed:
            return promise.capacity ? "linearizable bounded k-FIFO" : "linearizable k-FIFO";
        case order::unordered:
            break;
    }
    return promise.failure == try_failure::exact ? "linearizable bag" : "every item once";
}

}  // namespace handoff::linearizability
