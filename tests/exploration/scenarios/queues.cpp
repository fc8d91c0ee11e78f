// The scenarios of the queues.
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "queue_scenario.hpp"
#include "queues/cached_spsc_ring.hpp"
#include "queues/chained_spsc_queue.hpp"
#include "queues/faa_array_queue.hpp"
#include "queues/fast_forward_padded_spsc_ring.hpp"
#include "queues/fast_forward_spsc_ring.hpp"
#include "queues/lamport_spsc_ring.hpp"
#include "queues/line_spsc_ring.hpp"
#include "queues/mutex_deque.hpp"
#include "queues/mutex_ring.hpp"
#include "queues/mutex_stack.hpp"
#include "queues/scq_mpmc_ring.hpp"
#include "queues/sharded_queue.hpp"
#include "queues/tbb_spin_mutex_ring.hpp"
#include "queues/ticket_mpmc_ring.hpp"
#include "queues/ticket_padded_mpmc_ring.hpp"
#include "queues/ticket_ring.hpp"
#include "queues/treiber_stack.hpp"
#include "queues/ttas_ring.hpp"
#include "queues/two_lock_queue.hpp"
#include "queues/vyukov_mpmc_ring.hpp"
#include "queues/vyukov_mpsc_queue.hpp"
#include "queues/vyukov_padded_mpmc_ring.hpp"
#include "registry.hpp"

namespace handoff::exploration {
namespace {

template <template <class> class Queue, class Item = item>
void add(std::vector<scenario>& to, std::string name, const bounds& limits, queue_plan plan) {
    const auto threads = static_cast<unsigned>(plan.threads.size());
    to.push_back({.implementation = std::string(Queue<Item>::spec.name),
                  .name = std::move(name),
                  .threads = threads,
                  .limits = limits,
                  .body = [plan = std::move(plan)] { queue_scenario<Queue<Item>>(plan).run(); }});
}

constexpr bounds wide{.preemptions = 6, .stale = 3, .spurious = 1};
constexpr bounds middle{.preemptions = 4, .stale = 2, .spurious = 1};
constexpr bounds narrow{.preemptions = 2, .stale = 1, .spurious = 1};

template <template <class> class Queue>
void add_spsc(std::vector<scenario>& to) {
    add<Queue>(to, "hand over one", wide, {1, 0, {"p", "cc"}});
    add<Queue>(to, "wrap at capacity 1", wide, {1, 0, {"ppp", "ccc"}});
    add<Queue>(to, "full and empty at capacity 2", middle, {2, 1, {"ppp", "ccc"}});
    add<Queue>(to, "wrap at capacity 3 of 4 slots", middle, {3, 2, {"ppp", "ccc"}});
}

template <template <class> class Queue>
void add_mpmc(std::vector<scenario>& to) {
    add<Queue>(to, "one producer, one consumer", middle, {1, 0, {"pp", "cc"}});
    add<Queue>(to, "two producers at capacity 1", narrow, {1, 0, {"p", "p", "cc"}});
    add<Queue>(to, "two consumers", narrow, {2, 1, {"p", "c", "c"}});
    add<Queue>(to, "both ways", narrow, {2, 0, {"pc", "pc"}});
}

// Two items in one call.
template <template <class> class Queue>
void add_spsc_bulk(std::vector<scenario>& to) {
    add<Queue>(to, "bulks at capacity 2", middle, {2, 0, {"bb", "dd"}});
    add<Queue>(to, "bulks past the wrap", middle, {3, 1, {"bb", "ddd"}});
    add<Queue>(to, "bulks and single calls", middle, {2, 1, {"pb", "cd"}});
}

template <template <class> class Queue>
void add_mpmc_bulk(std::vector<scenario>& to) {
    add<Queue>(to, "bulks of one producer, one consumer", middle, {2, 0, {"bb", "dd"}});
    add<Queue>(to, "bulks of two producers", narrow, {2, 0, {"b", "b", "dd"}});
    add<Queue>(to, "bulks of two consumers", narrow, {2, 2, {"d", "d", "b"}});
    add<Queue>(to, "a bulk beside single calls", narrow, {2, 0, {"bc", "pd"}});
}

template <template <class> class Queue>
void add_blocking(std::vector<scenario>& to) {
    add<Queue>(to, "waiting at both ends", middle, {1, 0, {"PP", "CC"}});
    add<Queue>(to, "two waiting consumers", narrow, {1, 0, {"C", "C", "PP"}});
}

template <template <class> class Queue>
void add_closing(std::vector<scenario>& to) {
    add<Queue>(to, "close wakes two consumers", narrow, {1, 0, {"C", "C", "X"}});
    add<Queue>(to, "what was pushed before close comes out", narrow, {1, 0, {"pX", "CC"}});
    add<Queue>(to, "a closed queue takes nothing", narrow, {1, 0, {"Xp", "C"}});
    add<Queue>(to, "a timed pop", middle, {1, 0, {"p", "TT"}});
}

template <template <class> class Queue>
void add_monitor(std::vector<scenario>& to) {
    add_mpmc<Queue>(to);
    add_blocking<Queue>(to);
    add_closing<Queue>(to);
    add<Queue>(to, "close wakes two producers", narrow, {1, 1, {"P", "P", "X"}});
}

// Several items at once: with one, any order is right.
template <template <class> class Queue>
void add_lifo(std::vector<scenario>& to) {
    add<Queue>(to, "the latest first", narrow, {2, 1, {"pc", "c"}});
    add<Queue>(to, "pushed onto others while they are popped", narrow, {3, 2, {"pp", "cc"}});
}

// Two to a cache line.
struct wide_item : item {
    using item::item;
    std::array<std::byte, 20> padding;
};

// The queues with blocks, rings and bursts so small that a scenario gets to their end.
template <class T>
struct small_chained_spsc_queue : spsc_chain<T, 2> {
    using producer = direct_producer<small_chained_spsc_queue>;
    using consumer = direct_consumer<small_chained_spsc_queue>;
    static constexpr queue_spec spec = chained_spsc_queue<T>::spec;
    using spsc_chain<T, 2>::spsc_chain;
};

template <class T>
struct small_sharded_queue : shard_list<T, 2, 1> {
    static constexpr queue_spec spec = sharded_queue<T>::spec;
    using shard_list<T, 2, 1>::shard_list;
};

template <class T>
struct small_faa_array_queue : faa_segments<T, 2, 1> {
    static constexpr queue_spec spec = faa_array_queue<T>::spec;
    using faa_segments<T, 2, 1>::faa_segments;
};

template <class T>
struct small_scq_mpmc_ring : scq_mpmc_ring<T> {
    using producer = direct_producer<small_scq_mpmc_ring>;
    using consumer = direct_consumer<small_scq_mpmc_ring>;
    explicit small_scq_mpmc_ring(std::size_t capacity) : scq_mpmc_ring<T>(capacity, 2) {}
};

template <template <class> class Queue>
void add_mpsc(std::vector<scenario>& to) {
    add<Queue>(to, "one producer, one consumer", middle, {1, 0, {"pp", "cc"}});
    add<Queue>(to, "two producers", narrow, {1, 0, {"p", "p", "cc"}});
    add<Queue>(to, "two producers behind an item", narrow, {1, 1, {"pp", "p", "cc"}});
}

void add_chains(std::vector<scenario>& to) {
    add<small_chained_spsc_queue>(to, "hand over one", wide, {1, 0, {"p", "cc"}});
    add<small_chained_spsc_queue>(to, "block after block", middle, {1, 0, {"ppppp", "ccccc"}});
    add<small_chained_spsc_queue>(to, "a spare comes back", middle, {1, 3, {"ppp", "cccc"}});
    add<small_sharded_queue>(to, "one producer, one consumer", narrow, {1, 0, {"ppp", "ccc"}});
    add<small_sharded_queue>(to, "two producers", narrow, {1, 0, {"p", "p", "cc"}});
    add<small_sharded_queue>(to, "two consumers at a shard", narrow, {1, 2, {"c", "c"}});
    add<small_sharded_queue>(to, "both ways", narrow, {1, 1, {"pc", "pc"}});
}

void add_faa(std::vector<scenario>& to) {
    add<small_faa_array_queue>(to, "one producer, one consumer", narrow, {1, 0, {"pp", "cc"}});
    add<small_faa_array_queue>(to, "two producers", narrow, {1, 0, {"p", "p"}});
    add<small_faa_array_queue>(to, "two consumers", narrow, {1, 1, {"c", "c"}});
    add<small_faa_array_queue>(to, "two producers behind the last place", narrow, {1, 2, {"p", "p"}});
    add<small_faa_array_queue>(to, "two consumers behind the last place", narrow, {1, 3, {"cc", "cc"}});
    add<small_faa_array_queue>(to, "a segment is passed and filled again", narrow, {1, 2, {"ccc", "ppp"}});
    // One thread stops in the first segment, which the other one leaves behind, and the next one, too.
    add<small_faa_array_queue>(to, "a push in a segment that was passed", narrow,
                               {1, 2, {"p", "ppppcccccc"}});
    add<small_faa_array_queue>(to, "a pop in a segment that was passed", narrow, {1, 2, {"c", "ppppcccccc"}});
}

void add_scq(std::vector<scenario>& to) {
    add<small_scq_mpmc_ring>(to, "one producer, one consumer", narrow, {2, 0, {"pp", "cc"}});
    add<small_scq_mpmc_ring>(to, "two producers", narrow, {2, 1, {"p", "p"}});
    add<small_scq_mpmc_ring>(to, "two consumers", narrow, {2, 1, {"c", "c"}});
    add<small_scq_mpmc_ring>(to, "a pop that comes too early", narrow, {2, 0, {"pc", "c"}});
    // The first pop stops at its slot; the others go round the ring and pass it, and the push meant to fill
    // it.
    constexpr bounds exact{.preemptions = 3, .stale = 0, .spurious = 0};
    add<small_scq_mpmc_ring>(to, "a slot passed while it is emptied", exact, {2, 1, {"c", "cccc", "p"}});
    add<small_scq_mpmc_ring>(to, "a lap of the ring", narrow, {2, 2, {"cpc", "p"}});
}

}  // namespace

void add_queue_scenarios(std::vector<scenario>& to) {
    add_mpmc<mutex_deque>(to);
    add_closing<mutex_deque>(to);
    add<mutex_deque>(to, "two waiting consumers", narrow, {1, 0, {"C", "C", "PP"}});
    add_monitor<mutex_ring>(to);
    add_mpmc<ttas_ring>(to);
    add_mpmc<ticket_ring>(to);
    add_mpmc<tbb_spin_mutex_ring>(to);
    add_mpmc<two_lock_queue>(to);
    add_mpsc<vyukov_mpsc_queue>(to);
    add_chains(to);
    add_faa(to);
    add_spsc<lamport_spsc_ring>(to);
    add_spsc<cached_spsc_ring>(to);
    add_spsc_bulk<cached_spsc_ring>(to);
    add_spsc<line_spsc_ring>(to);
    add<line_spsc_ring, wide_item>(to, "line after line", middle, {3, 1, {"pppp", "ccccc"}});
    add_spsc<fast_forward_spsc_ring>(to);
    add<fast_forward_padded_spsc_ring>(to, "hand over one", wide, {1, 0, {"p", "cc"}});
    add<fast_forward_padded_spsc_ring>(to, "wrap at capacity 1", wide, {1, 0, {"ppp", "ccc"}});
    add_mpmc<vyukov_mpmc_ring>(to);
    add<vyukov_mpmc_ring>(to, "a lap of the ring", narrow, {2, 2, {"cpc", "p"}});
    add<vyukov_mpmc_ring>(to, "an item for each consumer", middle, {2, 2, {"c", "c"}});
    add_mpmc<ticket_mpmc_ring>(to);
    add_mpmc_bulk<ticket_mpmc_ring>(to);
    add_blocking<ticket_mpmc_ring>(to);
    add<ticket_mpmc_ring>(to, "waiting and trying", narrow, {1, 0, {"PP", "C", "c"}});
    add<ticket_mpmc_ring>(to, "a place for each producer", middle, {2, 0, {"p", "p"}});
    // What they share with the packed ones is explored there.
    add<vyukov_padded_mpmc_ring>(to, "two consumers", narrow, {2, 1, {"p", "c", "c"}});
    add<vyukov_padded_mpmc_ring>(to, "both ways", narrow, {2, 0, {"pc", "pc"}});
    add<ticket_padded_mpmc_ring>(to, "two consumers", narrow, {2, 1, {"p", "c", "c"}});
    add<ticket_padded_mpmc_ring>(to, "both ways", narrow, {2, 0, {"pc", "pc"}});
    add_scq(to);
    add_monitor<mutex_stack>(to);
    add_lifo<mutex_stack>(to);
    add_mpmc<treiber_stack>(to);
    add_lifo<treiber_stack>(to);
    add<treiber_stack>(to, "a node taken twice comes back", narrow, {2, 2, {"c", "ccp"}});
    add<treiber_stack>(to, "a place reserved and not yet filled", narrow, {2, 1, {"p", "pc"}});
    add<treiber_stack>(to, "a place for each producer", middle, {2, 0, {"p", "p"}});
}

}  // namespace handoff::exploration
