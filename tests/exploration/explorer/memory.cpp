#include "memory.hpp"

#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace handoff::exploration {
namespace {

bool acquires(std::memory_order order) {
    return order != std::memory_order_relaxed && order != std::memory_order_release;
}
bool releases(std::memory_order order) {
    return order == std::memory_order_release || order == std::memory_order_acq_rel ||
           order == std::memory_order_seq_cst;
}
bool is_sequential(std::memory_order order) {
    return order == std::memory_order_seq_cst;
}

}  // namespace

void memory::reset() {
    stores_.clear();
    stores_.emplace_back();
    location_count_ = 0;
    threads_.fill({});
    sequential_floor_.fill(0);
}

unsigned memory::create(unsigned thread, std::uint64_t value) {
    if (location_count_ == max_locations)
        throw std::length_error("exploration: more than " + std::to_string(max_locations) +
                                " atomic objects in one execution");
    if (locations_.size() == location_count_) locations_.emplace_back();
    const auto location = static_cast<unsigned>(location_count_++);
    locations_[location].clear();
    insert(thread, location, 0, std::memory_order_relaxed, {.value = value});
    return location;
}

int memory::floor(unsigned thread, unsigned location, std::memory_order order) const {
    int position = std::max(stores_[threads_[thread].now.floor[location]].position, 0);
    if (is_sequential(order)) position = std::max(position, stores_[sequential_floor_[location]].position);
    return position;
}

void memory::readable(unsigned thread, unsigned location, std::memory_order order,
                      std::vector<store_id>& found) const {
    const std::vector<store_id>& stores = locations_[location];
    const int lowest = floor(thread, location, order);
    found.clear();
    for (int i = static_cast<int>(stores.size()) - 1; i >= lowest; --i)
        found.push_back(stores[static_cast<std::size_t>(i)]);
}

bool memory::can_be_extended(unsigned location, store_id store) const {
    const std::vector<store_id>& stores = locations_[location];
    const auto next = static_cast<std::size_t>(stores_[store].position) + 1;
    return next == stores.size() || !stores_[stores[next]].is_update;
}

void memory::extendable(unsigned thread, unsigned location, std::memory_order order,
                        std::vector<store_id>& found) const {
    readable(thread, location, order, found);
    std::erase_if(found, [&](store_id store) { return !can_be_extended(location, store); });
}

void memory::read(unsigned thread, unsigned location, store_id store, std::memory_order order) {
    knowledge& now = threads_[thread].now;
    const auto& source = stores_[store];
    if (source.position > stores_[now.floor[location]].position) now.floor[location] = store;
    if (source.releases) join(acquires(order) ? now : threads_[thread].from_relaxed_reads, source.released);
    if (is_sequential(order)) sequential_floor_[location] = store;
}

void memory::write(unsigned thread, unsigned location, store_id after, std::memory_order order,
                   std::uint64_t value) {
    insert(thread, location, after, order, {.value = value});
}

void memory::update(unsigned thread, unsigned location, store_id from, std::memory_order order,
                    std::uint64_t value) {
    read(thread, location, from, order);
    store_made added{.value = value, .is_update = true};
    added.releases = stores_[from].releases;
    if (added.releases) added.released = stores_[from].released;
    insert(thread, location, from, order, std::move(added));
}

// `after` is 0 for the first store of a location.
void memory::insert(unsigned thread, unsigned location, store_id after, std::memory_order order,
                    store_made&& added) {
    if (stores_.size() > std::numeric_limits<store_id>::max())
        throw std::length_error("exploration: too many stores in one execution");
    const auto id = static_cast<store_id>(stores_.size());
    auto& mine = threads_[thread];
    if (releases(order) || mine.has_release_fence) {
        added.releases = true;
        join(added.released, releases(order) ? mine.now : mine.at_release_fence);
    }
    std::vector<store_id>& stores = locations_[location];
    added.position = stores_[after].position + 1;
    stores_.push_back(std::move(added));
    stores.insert(stores.begin() + stores_[id].position, id);
    for (auto i = static_cast<std::size_t>(stores_[id].position) + 1; i < stores.size(); ++i)
        ++stores_[stores[i]].position;
    mine.now.floor[location] = id;
    if (is_sequential(order)) sequential_floor_[location] = id;
}

void memory::fence(unsigned thread, std::memory_order order) {
    auto& mine = threads_[thread];
    if (acquires(order)) join(mine.now, mine.from_relaxed_reads);
    if (is_sequential(order)) {
        raise(mine.now.floor, sequential_floor_);
        raise(sequential_floor_, mine.now.floor);
    }
    if (releases(order)) {
        mine.at_release_fence = mine.now;
        mine.has_release_fence = true;
    }
}

void memory::raise(std::array<store_id, max_locations>& into,
                   const std::array<store_id, max_locations>& from) const {
    for (std::size_t i = 0; i < location_count_; ++i) {
        if (stores_[from[i]].position > stores_[into[i]].position) into[i] = from[i];
    }
}

void memory::join(knowledge& into, const knowledge& from) const {
    into.clock.join(from.clock);
    raise(into.floor, from.floor);
}

}  // namespace handoff::exploration
