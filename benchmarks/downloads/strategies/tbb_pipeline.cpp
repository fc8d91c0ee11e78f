// oneTBB's parallel_pipeline with a token for each document under way, in an arena with as many threads. TBB
// means its threads for work and has as many as there are CPUs; here they sleep, so it is told to have more.
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include "downloads/job/run.hpp"

namespace handoff {
namespace {

void run_tbb_pipeline(download_run& run) {
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, run.in_flight() + 1);
    tbb::task_arena arena(static_cast<int>(run.in_flight()));
    std::size_t next = 0;
    const auto choose = [&](tbb::flow_control& control) {
        if (next == run.size()) {
            control.stop();
            return std::size_t{0};
        }
        return next++;
    };
    arena.execute([&] {
        using tbb::filter_mode;
        tbb::parallel_pipeline(
            run.in_flight(),
            tbb::make_filter<void, std::size_t>(filter_mode::serial_in_order, choose) &
                tbb::make_filter<std::size_t, fetched>(filter_mode::parallel,
                                                       [&](std::size_t i) { return run.fetch(i); }) &
                tbb::make_filter<fetched, void>(filter_mode::serial_out_of_order,
                                                [&](const fetched& result) { run.deliver(result); }));
    });
}

}  // namespace

extern const strategy tbb_pipeline;
const strategy tbb_pipeline{
    // Which thread takes what when is TBB's affair.
    .spec = {.name = "tbb_pipeline", .prompt = false},
    .run = run_tbb_pipeline,
};

}  // namespace handoff
