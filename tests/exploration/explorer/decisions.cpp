#include "decisions.hpp"

#include <stdexcept>

namespace handoff::exploration {
namespace {

constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

}  // namespace

unsigned depth_first::choose(unsigned count, unsigned /*first_percent*/) {
    if (at_ == path_.size()) path_.push_back({0, count});
    const decision& now = path_[at_++];
    if (now.count != count)
        throw std::logic_error("exploration: the scenario is not deterministic: decision " +
                               std::to_string(at_) + " had " + std::to_string(now.count) +
                               " alternatives, and now " + std::to_string(count));
    return now.chosen;
}

bool depth_first::next() {
    at_ = 0;
    while (!path_.empty() && path_.back().chosen + 1 == path_.back().count) path_.pop_back();
    if (path_.empty()) return false;
    ++path_.back().chosen;
    return true;
}

// Not the distributions of <random>, whose results differ between libraries: a seed is to be good anywhere.
unsigned random_walk::choose(unsigned count, unsigned first_percent) {
    if (first_percent != 0 && random_() % 100 < first_percent) return 0;
    return static_cast<unsigned>(random_() % count);
}

unsigned recorded::choose(unsigned count, unsigned /*first_percent*/) {
    if (at_ == choices_.size()) return 0;
    const unsigned chosen = choices_[at_++];
    if (chosen >= count)
        throw std::invalid_argument("exploration: recorded decision " + std::to_string(at_) + " is " +
                                    std::to_string(chosen) + ", but there are " + std::to_string(count) +
                                    " alternatives; is the scenario the same?");
    return chosen;
}

std::string choices_to_text(const std::vector<unsigned>& choices) {
    std::string text;
    for (const unsigned choice : choices) text += digits.at(choice);
    return text;
}

std::vector<unsigned> choices_from_text(std::string_view text) {
    std::vector<unsigned> choices;
    for (const char c : text) {
        const auto digit = digits.find(c);
        if (digit == std::string_view::npos)
            throw std::invalid_argument("exploration: '" + std::string(1, c) +
                                        "' is no decision; valid: digits and letters, as a failure prints");
        choices.push_back(static_cast<unsigned>(digit));
    }
    return choices;
}

}  // namespace handoff::exploration
