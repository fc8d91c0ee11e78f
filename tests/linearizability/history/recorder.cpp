#include "history/recorder.hpp"

#include <algorithm>

namespace handoff::linearizability {

recorder::recorder(std::uint16_t thread, std::size_t most, stamping stamps)
    : thread_(thread), stamps_(stamps == stamping::on), calls_(most) {}

void append(history& all, std::span<const operation> calls) {
    stamp last = 0;
    for (operation o : calls) {
        if (last > 0) o.invoked = std::max(o.invoked, last + 1);
        o.responded = std::max(o.responded, o.invoked);
        last = o.responded;
        all.push_back(o);
    }
}

}  // namespace handoff::linearizability
