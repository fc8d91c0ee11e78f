// Threads add to one counter, or to a list of three, as fast as they can.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "counter.hpp"
#include "harness/sample.hpp"
#include "support/cache_line.hpp"

namespace handoff {

enum class counter_mix { increment, read_1, read_10, read_90, add_subtract, list_packed, list_padded };

inline constexpr std::array<std::string_view, 7> counter_mix_names = {
    "increment", "read_1", "read_10", "read_90", "add_subtract", "list_packed", "list_padded"};

constexpr std::string_view name_of(counter_mix mix) {
    return counter_mix_names[static_cast<std::size_t>(mix)];
}

struct counter_plan {
    run_settings settings{};
    unsigned threads = 1;
    counter_mix mix = counter_mix::increment;
};

template <class C>
struct packed_cell {
    C value;
};

template <class C>
struct alignas(no_false_sharing) padded_cell {
    C value;
};

// A handle for each of N cells, made where it stays: it need not be movable. Members and no array: compilers
// keep what an array's destructor passes over in memory, and a handle's own loads would add to what is
// measured.
template <class Handle, std::size_t N>
class cell_handles {
public:
    template <class Cell>
    explicit cell_handles(Cell* cells) : first_(cells->value), others_(cells + 1) {}

    void add(std::int64_t step) {
        first_.add(step);
        others_.add(step);
    }

private:
    Handle first_;
    cell_handles<Handle, N - 1> others_;
};

template <class Handle>
class cell_handles<Handle, 0> {
public:
    template <class Cell>
    explicit cell_handles(Cell* /*cells*/) {}
    void add(std::int64_t /*step*/) {}
};

template <class C, template <class> class Cell, std::size_t N>
class counter_role {
public:
    explicit counter_role(const counter_plan& plan) : plan_(plan), done_(plan.threads) {}

    outcome run() {
        // The list of the source material starts as 1, 2, 3.
        if constexpr (N > 1) {
            for (std::size_t i = 0; i < N; ++i)
                typename C::handle(cells_[i].value).add(static_cast<std::int64_t>(i + 1));
        }
        sample s = take_sample({.settings = plan_.settings,
                                .threads = plan_.threads,
                                .feeding = 0,
                                .body = [this](unsigned i, window& w, thread_record& r) { work(i, w, r); },
                                .wake_all = [] {}});
        return finish(s);
    }

private:
    struct alignas(no_false_sharing) thread_sum {
        std::int64_t added = 0;  // to each cell
        std::uint64_t adds = 0;
        std::uint64_t reads = 0;
        std::uint64_t backward = 0;  // reads below an earlier one, though no thread subtracts
    };

    void work(unsigned index, window& w, thread_record& record) {
        switch (plan_.mix) {
            case counter_mix::read_1:
                return repeat(index, w, record, 1, 100);
            case counter_mix::read_10:
                return repeat(index, w, record, 1, 10);
            case counter_mix::read_90:
                return repeat<true>(index, w, record, 1, 10);
            case counter_mix::add_subtract:
                return repeat(index, w, record, index % 2 == 0 ? 1 : -1, 0);
            default:
                return repeat(index, w, record, 1, 0);
        }
    }

    // Adds `step` to each cell; every `other_every`th operation reads instead (0: none does). If it reads
    // mostly, it is the other way round.
    template <bool ReadsMostly = false>
    void repeat(unsigned index, window& w, thread_record& record, std::int64_t step, unsigned other_every) {
        cell_handles<typename C::handle, N> handles(cells_.data());
        meter m(w, record);
        thread_sum sum;
        std::int64_t highest = std::numeric_limits<std::int64_t>::min();
        unsigned until_other = other_every;
        std::uint64_t done = 0;
        for (; !m.edge(done); ++done) {
            const bool is_other = other_every != 0 && --until_other == 0;
            if (is_other) until_other = other_every;
            if (is_other != ReadsMostly) {
                const std::int64_t value = cells_[0].value.read();
                if (value < highest) ++sum.backward;
                highest = value;
                ++sum.reads;
            } else {
                handles.add(step);
            }
        }
        // Not counted in the loop: an add may cost less than the counting of it.
        sum.adds = done - sum.reads;
        sum.added = step * static_cast<std::int64_t>(sum.adds);
        done_[index] = sum;
    }

    outcome finish(sample& s) {
        thread_sum all;
        for (const thread_sum& t : done_) {
            all.added += t.added;
            all.adds += t.adds;
            all.reads += t.reads;
            all.backward += t.backward;
        }
        std::int64_t lost = 0;
        for (std::size_t i = 0; i < N; ++i)
            lost +=
                std::abs(all.added + static_cast<std::int64_t>(N > 1 ? i + 1 : 0) - cells_[i].value.read());
        outcome result = std::move(s.result);
        if (C::spec.value != read_guarantee::lossy) result.error = wrong(result.error, lost, all.backward);
        const auto operations = static_cast<double>(s.operations(0, plan_.threads));
        result.values.emplace_back("verified", C::spec.value == read_guarantee::lossy ? 0.0 : 1.0);
        result.values.emplace_back("operations", operations);
        result.values.emplace_back("operations_per_second", operations / s.window_s);
        result.values.emplace_back("adds", static_cast<double>(all.adds));
        result.values.emplace_back("reads", static_cast<double>(all.reads));
        result.values.emplace_back("lost_updates", static_cast<double>(lost));
        result.values.emplace_back("final_value", static_cast<double>(cells_[0].value.read()));
        if constexpr (N > 1) result.values.emplace_back("consecutive", consecutive() ? 1.0 : 0.0);
        add_shares(result.values, "thread", s, 0, plan_.threads);
        return result;
    }

    static std::string wrong(const std::string& already, std::int64_t lost, std::uint64_t backward) {
        if (lost != 0) return "unverified: the counter is off by " + std::to_string(lost);
        if (backward != 0)
            return "unverified: " + std::to_string(backward) + " reads were below an earlier one";
        return already;
    }

    bool consecutive() const {
        for (std::size_t i = 1; i < N; ++i)
            if (cells_[i].value.read() != cells_[i - 1].value.read() + 1) return false;
        return true;
    }

    const counter_plan& plan_;
    std::array<Cell<C>, N> cells_;
    std::vector<thread_sum> done_;
};

template <class C>
outcome run_counter(const counter_plan& plan) {
    switch (plan.mix) {
        case counter_mix::list_packed:
            return counter_role<C, packed_cell, 3>(plan).run();
        case counter_mix::list_padded:
            return counter_role<C, padded_cell, 3>(plan).run();
        default:
            return counter_role<C, padded_cell, 1>(plan).run();
    }
}

struct counter_workload {
    static constexpr std::string_view name = "counter";
    using plan = counter_plan;

    template <class C>
    static outcome run(const plan& asked) {
        return run_counter<C>(asked);
    }
};

}  // namespace handoff
