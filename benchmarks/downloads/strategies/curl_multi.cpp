// As many under way as one likes, on one thread, in the event loop of libcurl's multi interface.
#include "downloads/job/run.hpp"

namespace handoff {
namespace {

void run_curl_multi(download_run& run) {
    download_run::loop loop(run);
    std::size_t next = 0;
    std::size_t delivered = 0;
    while (delivered < run.size()) {
        while (next < run.size() && next - delivered < run.in_flight()) loop.start(next++);
        for (const fetched& result : loop.wait()) {
            run.deliver(result);
            ++delivered;
        }
    }
}

}  // namespace

extern const strategy curl_multi;
const strategy curl_multi{
    .spec = {.name = "curl_multi", .threads = thread_use::one, .fetches = fetching::in_a_loop},
    .run = run_curl_multi,
};

}  // namespace handoff
