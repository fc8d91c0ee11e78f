#include "checkers/items.hpp"

#include <algorithm>
#include <stdexcept>

namespace handoff::linearizability {
namespace {

std::vector<item> pushed_items(const history& calls) {
    std::vector<item> items;
    for (const operation& o : calls) {
        if (o.what == call::push && o.succeeded()) items.push_back({.push = &o});
    }
    const auto by_value = [](const item& a, const item& b) { return a.value() < b.value(); };
    std::sort(items.begin(), items.end(), by_value);
    const auto same = [](const item& a, const item& b) { return a.value() == b.value(); };
    const auto twice = std::adjacent_find(items.begin(), items.end(), same);
    if (twice != items.end())
        throw std::invalid_argument("value " + std::to_string(twice->value()) +
                                    " was pushed twice; a history needs unique values");
    return items;
}

// Gives the item its pop, or says why it cannot have it.
finding assign(std::vector<item>& items, const operation& pop) {
    const auto found = std::lower_bound(items.begin(), items.end(), pop.value,
                                        [](const item& a, std::uint64_t value) { return a.value() < value; });
    const std::string value = std::to_string(pop.value);
    if (found == items.end() || found->value() != pop.value)
        return violation{"foreign", value + " was popped, but nobody had pushed it", {pop}};
    if (precedes(pop, *found->push))
        return violation{"foreign", value + " was popped before it was pushed", {pop, *found->push}};
    if (found->left())
        return violation{"twice", value + " was popped twice", {pop, *found->push, *found->pop}};
    found->pop = &pop;
    return {};
}

}  // namespace

items_found find_items(const history& calls) {
    items_found result{.items = pushed_items(calls), .broken = {}};
    for (const operation& o : calls) {
        if (o.what != call::pop || !o.succeeded()) continue;
        result.broken = assign(result.items, o);
        if (result.broken) break;
    }
    return result;
}

void append_calls(history& witness, const item& one) {
    witness.push_back(*one.push);
    if (one.left()) witness.push_back(*one.pop);
}

}  // namespace handoff::linearizability
