// One document after the other: what all the others are to be better than.
#include "downloads/job/run.hpp"

namespace handoff {
namespace {

void run_sequential(download_run& run) {
    for (std::size_t i = 0; i < run.size(); ++i) run.deliver(run.fetch(i));
}

}  // namespace

extern const strategy sequential;
const strategy sequential{
    .spec = {.name = "sequential",
             .limit = flight::one,
             .threads = thread_use::one,
             .in_order = true,
             .ahead = 1},
    .run = run_sequential,
};

}  // namespace handoff
