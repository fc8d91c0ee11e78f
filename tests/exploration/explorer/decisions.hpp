// Where the decisions of an execution come from: depth first through all of them, at random, or recorded.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace handoff::exploration {

// One of `count` alternatives; the first is what a simple machine would do: go on, read the latest.
class decisions {
public:
    decisions() = default;
    decisions(const decisions&) = delete;
    decisions& operator=(const decisions&) = delete;
    virtual ~decisions() = default;

    // `first_percent`: how often a random walk takes the first; 0: all alike.
    virtual unsigned choose(unsigned count, unsigned first_percent) = 0;
};

class depth_first : public decisions {
public:
    unsigned choose(unsigned count, unsigned first_percent) override;
    // Goes back to the last decision with an alternative left. False: there was none, all is explored.
    bool next();

private:
    struct decision {
        unsigned chosen;
        unsigned count;
    };
    std::vector<decision> path_;
    std::size_t at_ = 0;
};

class random_walk : public decisions {
public:
    explicit random_walk(std::uint64_t seed) : random_(seed) {}
    unsigned choose(unsigned count, unsigned first_percent) override;

private:
    std::mt19937_64 random_;
};

class recorded : public decisions {
public:
    explicit recorded(std::vector<unsigned> choices) : choices_(std::move(choices)) {}
    unsigned choose(unsigned count, unsigned first_percent) override;

private:
    std::vector<unsigned> choices_;
    std::size_t at_ = 0;
};

// A digit or a letter for each decision.
std::string choices_to_text(const std::vector<unsigned>& choices);
std::vector<unsigned> choices_from_text(std::string_view text);

}  // namespace handoff::exploration
