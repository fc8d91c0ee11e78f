// Prefix sums and prefix maxima of an array that grows: P. Fenwick, Software: Practice and Experience 24(3),
// 1994.
#pragma once

#include <cstddef>
#include <vector>

namespace handoff::linearizability {

// Merge: how two values become one; associative and commutative, with T{} as its neutral element.
template <class T, class Merge>
class fenwick_tree {
public:
    explicit fenwick_tree(std::size_t size) : nodes_(size + 1) {}

    void put(std::size_t place, const T& value) {
        for (std::size_t i = place + 1; i < nodes_.size(); i += i & (~i + 1)) {
            nodes_[i] = Merge{}(nodes_[i], value);
        }
    }
    // Of the places [0, end).
    T up_to(std::size_t end) const {
        T result{};
        for (std::size_t i = end; i > 0; i -= i & (~i + 1)) result = Merge{}(result, nodes_[i]);
        return result;
    }

private:
    std::vector<T> nodes_;
};

}  // namespace handoff::linearizability
