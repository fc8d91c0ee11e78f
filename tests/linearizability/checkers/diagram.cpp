#include "checkers/diagram.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <string_view>
#include <vector>

namespace handoff::linearizability {
namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t columns = 84;

std::string row_name(std::uint16_t thread) {
    return thread == alone ? "alone" : "thread " + std::to_string(thread);
}

class scale {
public:
    explicit scale(const history& calls) {
        for (const operation& o : calls) {
            first_ = std::min(first_, o.invoked);
            last_ = std::max(last_, o.responded);
        }
    }
    stamp since_first(stamp time) const { return time - first_; }
    std::size_t column(stamp time) const {
        if (last_ == first_) return 0;
        const double share = static_cast<double>(time - first_) / static_cast<double>(last_ - first_);
        return static_cast<std::size_t>(share * static_cast<double>(columns - 1));
    }

private:
    stamp first_ = never;
    stamp last_ = 0;
};

// One character: the letter. Two and more: brackets around it, as far as there is room.
std::string bar(char letter, std::size_t width) {
    if (width == 1) return {letter};
    if (width == 2) return {'[', letter};
    std::string text(width, '-');
    text.front() = '[';
    text.back() = ']';
    text[width / 2] = letter;
    return text;
}

// The calls of a thread follow each other, but on paper two may want the same column: the second then opens
// another line, so that the scale stays true.
void draw(std::vector<std::string>& lines, char letter, std::size_t from, std::size_t to) {
    for (std::string& line : lines) {
        if (line.size() > from) continue;
        line.resize(from, ' ');
        line += bar(letter, to - from + 1);
        return;
    }
    lines.push_back(std::string(from, ' ') + bar(letter, to - from + 1));
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

std::string legend(const history& calls, const scale& time) {
    std::size_t width = 0;
    for (const operation& o : calls) width = std::max(width, describe(o).size());
    std::string text;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        char stamps[64];
        std::snprintf(stamps, sizeof stamps, "  %8llu ... %llu\n",
                      static_cast<unsigned long long>(time.since_first(calls[i].invoked)),
                      static_cast<unsigned long long>(time.since_first(calls[i].responded)));
        text += std::string("  ") + letters[i] + "  " + padded(describe(calls[i]), width) + stamps;
    }
    return text;
}

stamp time_between(const operation& a, const operation& b) {
    if (precedes(a, b)) return b.invoked - a.responded;
    return precedes(b, a) ? a.invoked - b.responded : 0;
}

bool earlier(const operation& a, const operation& b) {
    return a.invoked < b.invoked;
}

// As many as there are letters, in the order of time: first the accused, then what lies nearest to them.
history calls_to_draw(const history& calls, std::size_t accused) {
    struct candidate {
        const operation* made;
        stamp away;  // from the nearest of the accused
    };
    std::vector<candidate> candidates;
    for (const operation& o : calls) {
        stamp away = accused > 0 ? never : 0;
        for (std::size_t i = 0; i < accused; ++i) away = std::min(away, time_between(o, calls[i]));
        candidates.push_back({&o, away});
    }
    const auto others = candidates.begin() + static_cast<std::ptrdiff_t>(accused);
    std::stable_sort(others, candidates.end(), [](const candidate& a, const candidate& b) {
        return a.away != b.away ? a.away < b.away : earlier(*a.made, *b.made);
    });
    candidates.resize(std::min(candidates.size(), letters.size()));
    history drawn;
    for (const candidate& one : candidates) drawn.push_back(*one.made);
    std::stable_sort(drawn.begin(), drawn.end(), earlier);
    return drawn;
}

}  // namespace

std::string diagram(const history& calls, std::size_t accused) {
    const history drawn = calls_to_draw(calls, std::min(accused, calls.size()));
    const scale time(drawn);
    std::map<std::uint16_t, std::vector<std::string>> rows;
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        draw(rows[drawn[i].thread], letters[i], time.column(drawn[i].invoked),
             time.column(drawn[i].responded));
    }
    std::string text;
    for (const auto& [thread, lines] : rows) {
        for (const std::string& line : lines) {
            text += padded(&line == &lines.front() ? row_name(thread) : "", 9) + " | " + line + '\n';
        }
    }
    text += legend(drawn, time);
    if (const std::size_t left_out = calls.size() - drawn.size(); left_out > 0)
        text +=
            "  and " + std::to_string(left_out) + (accused > 0 ? " calls farther away\n" : " later calls\n");
    return text;
}

std::string report(const violation& broken) {
    return std::string(broken.rule) + ": " + broken.what + '\n' + diagram(broken.witness, broken.accused);
}

}  // namespace handoff::linearizability
