// Threads that run burst after burst together: what is done between bursts, and in which order, for queues
// and counters alike.
#pragma once

#include <functional>
#include <vector>

#include "stress/burst.hpp"
#include "stress/meeting.hpp"

namespace handoff::linearizability {

class burst_team {
public:
    burst_team(const burst_team&) = delete;
    burst_team& operator=(const burst_team&) = delete;
    virtual ~burst_team() = default;

    // Burst after burst, until `judge` says false of one.
    void run(const std::function<bool(const burst_record&)>& judge);

protected:
    // `cpus`: thread i is pinned to the one at i, counted round.
    burst_team(unsigned threads, stamping stamps, const std::vector<int>& cpus, std::uint64_t seed);

    // Alone, by thread 0, before and after each burst. finish puts what was called alone into the record.
    virtual void prepare() = 0;
    virtual void finish(burst_record& record) = 0;
    // By every thread at once. Whatever is not to be recorded comes before meet().
    virtual void burst(unsigned self, recorder& record, call_pace& pace) = 0;

    void meet() { meeting_.meet(); }
    const burst_draw& draw() const { return draw_; }
    burst_dice& dice() { return dice_; }

private:
    void member(unsigned self);
    bool crowded() const { return recorders_.size() > cpus_.size(); }
    unsigned threads() const { return static_cast<unsigned>(recorders_.size()); }

    const std::vector<int> cpus_;
    std::vector<recorder> recorders_;  // one per thread
    meeting meeting_;
    burst_dice dice_;
    // Written by thread 0 between bursts.
    burst_draw draw_;
    bool over_ = false;
    const std::function<bool(const burst_record&)>* judge_ = nullptr;
};

}  // namespace handoff::linearizability
