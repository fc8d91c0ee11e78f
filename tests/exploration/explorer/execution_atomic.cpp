// The operations on atomic objects: others may run first; then the memory says what may be read, and the
// decisions what is.
#include <algorithm>
#include <utility>

#include "arena.hpp"
#include "execution.hpp"

namespace handoff::exploration {
namespace {

// How often a random walk reads the latest store, and puts its own store last.
constexpr unsigned latest_percent = 60;
constexpr unsigned last_percent = 85;

const char* name_of(std::memory_order order) {
    switch (order) {
        case std::memory_order_relaxed:
            return "relaxed";
        case std::memory_order_consume:
            return "consume";
        case std::memory_order_acquire:
            return "acquire";
        case std::memory_order_release:
            return "release";
        case std::memory_order_acq_rel:
            return "acq_rel";
        case std::memory_order_seq_cst:
            return "seq_cst";
    }
    return "?";
}

std::string describe(const char* what, std::memory_order order, unsigned object, std::uint64_t value,
                     const char* remark = "") {
    return std::string(what) + " " + name_of(order) + ", atomic " + std::to_string(object) + ": " +
           std::to_string(static_cast<std::int64_t>(value)) + remark;
}

}  // namespace

void execution::create_atomic(const void* object, std::uint64_t value) {
    const arena::outside guard;
    const unsigned me = scheduler_.current();
    numbers_[object] = static_cast<unsigned>(objects_.size());
    objects_.push_back({.location = memory_.create(me, value),
                        .alive = true,
                        .constructed = memory_.tick(me),
                        .accesses = {},
                        .version = 0});
}

void execution::destroy_atomic(const void* object) {
    const arena::outside guard;
    const unsigned number = numbers_[object];
    if (number == address_map::none || !objects_[number].alive)
        fail("an atomic object is destroyed that does not live");
    objects_[number].alive = false;
    if (!clock().covers(objects_[number].accesses))
        fail("an atomic object is destroyed while another thread uses it");
}

// Others may run first. The number of the object.
unsigned execution::access_atomic(const void* object, place where, const char* what) {
    step(where, "");
    const unsigned number = numbers_[object];
    const unsigned me = scheduler_.current();
    if (number == address_map::none || !objects_[number].alive) {
        say(where, [what] { return std::string(what) + " of an atomic object that does not live"; });
        fail("an atomic object is used that does not live");
    }
    atomic_object& used = objects_[number];
    if (!clock().covers(used.constructed)) {
        say(where, [what] { return std::string(what) + " of an atomic object that is being made"; });
        fail("data race: an atomic object is used whose construction is not ordered before");
    }
    used.accesses.times[me] = clock().times[me];
    return number;
}

void execution::looked(unsigned object, bool at_latest) {
    spinner& mine = spinners_[scheduler_.current()];
    if (!at_latest) mine.looked_at_old = true;
    const bool known =
        std::any_of(mine.looks.begin(), mine.looks.end(), [&](const look& l) { return l.object == object; });
    if (!known) mine.looks.push_back({object, objects_[object].version});
}

// One's own store is no change to wait for.
void execution::stored(unsigned object, std::uint64_t version_before) {
    for (look& l : spinners_[scheduler_.current()].looks) {
        if (l.object == object && l.version == version_before) l.version = objects_[object].version;
    }
}

void execution::finish_read(unsigned object, store_id from, std::memory_order order) {
    const unsigned location = objects_[object].location;
    looked(object, from == memory_.latest(location));
    memory_.read(scheduler_.current(), location, from, order);
}

// One of the candidates, of which the first is the latest.
store_id execution::pick(unsigned first_percent) {
    return candidates_[scheduler_.choose(static_cast<unsigned>(candidates_.size()), first_percent,
                                         &scheduler_.stale_left)];
}

const char* execution::remark(store_id picked, const char* unless_latest) const {
    return picked == candidates_.front() ? "" : unless_latest;
}

std::uint64_t execution::load(const void* object, std::memory_order order, place where) {
    const arena::outside guard;
    const unsigned number = access_atomic(object, where, "load");
    memory_.readable(scheduler_.current(), objects_[number].location, order, candidates_);
    const store_id from = pick(latest_percent);
    finish_read(number, from, order);
    const std::uint64_t value = memory_.value(from);
    say(where, [&] { return describe("load", order, number, value, remark(from, ", not the latest")); });
    return value;
}

void execution::store(const void* object, std::uint64_t value, std::memory_order order, place where) {
    const arena::outside guard;
    const unsigned number = access_atomic(object, where, "store");
    atomic_object& target = objects_[number];
    const unsigned me = scheduler_.current();
    memory_.extendable(me, target.location, order, candidates_);
    const store_id after = pick(last_percent);
    memory_.write(me, target.location, after, order, value);
    stored(number, target.version++);
    say(where, [&] { return describe("store", order, number, value, remark(after, ", not the last")); });
}

std::uint64_t execution::begin_update(const void* object, std::memory_order order, place where) {
    const arena::outside guard;
    const unsigned number = access_atomic(object, where, "update");
    memory_.extendable(scheduler_.current(), objects_[number].location, order, candidates_);
    update_ = {number, pick(latest_percent), order};
    const std::uint64_t value = memory_.value(update_.from);
    const char* const old = remark(update_.from, ", not the latest");
    say(where, [&] { return describe("update", order, number, value, old); });
    return value;
}

void execution::end_update(std::uint64_t value) {
    const arena::outside guard;
    apply_update(update_.object, update_.from, update_.order, value);
    say({nullptr, 0}, [&] { return describe("  and stores", update_.order, update_.object, value); });
}

void execution::apply_update(unsigned object, store_id from, std::memory_order order, std::uint64_t value) {
    atomic_object& target = objects_[object];
    looked(object, from == memory_.latest(target.location));
    memory_.update(scheduler_.current(), target.location, from, order, value);
    const std::uint64_t before = target.version++;
    stored(object, before);
}

bool execution::compare_exchange(const void* object, std::uint64_t& expected, const exchange& how,
                                 place where) {
    const arena::outside guard;
    const unsigned number = access_atomic(object, where, "compare_exchange");
    const unsigned location = objects_[number].location;
    const unsigned me = scheduler_.current();

    // What may be read, the latest first; then, for a weak one, from where it may fail for no reason.
    const bool strict = how.failure == std::memory_order_seq_cst;
    memory_.readable(me, location, strict ? how.failure : how.success, candidates_);
    std::erase_if(candidates_, [&](store_id s) {
        return memory_.value(s) == expected && !memory_.can_be_extended(location, s);
    });
    if (scheduler_.stale_left == 0) candidates_.resize(1);
    const std::size_t real = candidates_.size();
    if (how.is_weak && scheduler_.spurious_left > 0) {
        for (std::size_t i = 0; i < real; ++i) {
            if (memory_.value(candidates_[i]) == expected) candidates_.push_back(candidates_[i]);
        }
    }
    const unsigned chosen = scheduler_.choose(static_cast<unsigned>(candidates_.size()), latest_percent);
    const store_id from = candidates_[chosen];
    const bool for_no_reason = chosen >= real;
    if (for_no_reason) scheduler_.spend(scheduler_.spurious_left);
    if (from != memory_.latest(location)) scheduler_.spend(scheduler_.stale_left);

    const std::uint64_t value = memory_.value(from);
    if (value == expected && !for_no_reason) {
        apply_update(number, from, how.success, how.desired);
        say(where, [&] { return describe("compare_exchange", how.success, number, how.desired); });
        return true;
    }
    finish_read(number, from, how.failure);
    if (for_no_reason) spinners_[me].looked_at_old = true;
    say(where, [&] {
        return describe("compare_exchange fails,", how.failure, number, value,
                        for_no_reason ? ", for no reason" : "");
    });
    expected = value;
    return false;
}

void execution::fence(std::memory_order order, place where) {
    const arena::outside guard;
    step(where, "");
    memory_.fence(scheduler_.current(), order);
    say(where, [&] { return std::string("fence ") + name_of(order); });
}

std::uint64_t execution::latest(const void* object) {
    const arena::outside guard;
    return memory_.value(memory_.latest(objects_[numbers_[object]].location));
}

}  // namespace handoff::exploration
