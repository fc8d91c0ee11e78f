#include "exhaustive.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace handoff::linearizability::testing {
namespace {

bool first_in_line(const object_state& held, std::size_t place, const sequential_queue& promise) {
    switch (promise.delivery) {
        case order::fifo:
            return place == 0;
        case order::lifo:
            return place == held.size() - 1;
        case order::k_relaxed:
            return place <= promise.most_overtaken;
        case order::per_producer_fifo:
            for (std::size_t i = 0; i < place; ++i) {
                if (held[i].thread == held[place].thread) return false;
            }
            return true;
        case order::unordered:
            break;
    }
    return true;
}

std::optional<object_state> after_pop(object_state held, const operation& pop,
                                      const sequential_queue& promise) {
    for (std::size_t place = 0; place < held.size(); ++place) {
        if (held[place].value != pop.value) continue;
        if (!first_in_line(held, place, promise)) return {};
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(place));
        return held;
    }
    return {};
}

class attempt {
public:
    attempt(const history& calls, const sequential_object& object, const order_known& known)
        : calls_(calls), object_(object), earlier_(calls.size()) {
        for (std::size_t i = 0; i < calls.size(); ++i) {
            for (std::size_t j = 0; j < calls.size(); ++j) {
                if (i != j && known(calls[j], calls[i])) earlier_[i] |= bit(j);
            }
        }
    }

    bool from(std::uint64_t made, const object_state& state) {
        if (made == every_call()) return true;
        std::vector<std::uint64_t> values;
        for (const operation& o : state) values.push_back(o.value);
        if (!seen_.emplace(made, std::move(values)).second) return false;
        for (std::size_t i = 0; i < calls_.size(); ++i) {
            if (!may_be_next(made, i)) continue;
            const auto next = object_(state, calls_[i]);
            if (next && from(made | bit(i), *next)) return true;
        }
        return false;
    }

private:
    static std::uint64_t bit(std::size_t i) { return std::uint64_t{1} << i; }
    std::uint64_t every_call() const {
        return calls_.size() == 64 ? ~std::uint64_t{0} : bit(calls_.size()) - 1;
    }

    bool may_be_next(std::uint64_t made, std::size_t i) const {
        return (made & bit(i)) == 0 && (earlier_[i] & ~made) == 0;
    }

    const history& calls_;
    const sequential_object& object_;
    std::vector<std::uint64_t> earlier_;  // the calls that must have been made before each, a bit for each
    std::set<std::pair<std::uint64_t, std::vector<std::uint64_t>>> seen_;
};

}  // namespace

sequential_object queue_object(sequential_queue promise) {
    return [promise](const object_state& held, const operation& o) -> std::optional<object_state> {
        const bool is_full = promise.capacity && held.size() == *promise.capacity;
        if (o.what == call::pop)
            return o.succeeded() ? after_pop(held, o, promise)
                                 : (held.empty() ? std::optional(held) : std::nullopt);
        if (!o.succeeded()) return is_full ? std::optional(held) : std::nullopt;
        if (is_full) return {};
        object_state more = held;
        more.push_back(o);
        return more;
    };
}

sequential_object counter_object() {
    return [](const object_state& counted, const operation& o) -> std::optional<object_state> {
        if (o.what == call::read) return o.value == counted.size() ? std::optional(counted) : std::nullopt;
        object_state more = counted;
        more.emplace_back();
        return more;
    };
}

bool linearizable(const history& calls, const sequential_object& object, const order_known& known) {
    if (calls.size() > 64) throw std::invalid_argument("the reference takes up to 64 calls");
    return attempt(calls, object, known).from(0, {});
}

}  // namespace handoff::linearizability::testing
