// How to save what was downloaded: files that are there once and whole, and who may write which.
#include "saving_role.hpp"
#include "workloads/cases/case_main.hpp"

namespace handoff {
namespace {

constexpr unsigned saver_counts[] = {1, 2, 4, 8};

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (const claim_kind claim : {claim_kind::lock, claim_kind::exclusive, claim_kind::id})
        for (const unsigned n : saver_counts)
            for (const bool durable : {false, true}) {
                const saving_plan plan{.claim = claim, .savers = n, .durable = durable};
                all.push_back(planned(case_name("download_saving", name_of(claim))
                                          .with("n", n)
                                          .with("items", plan.items)
                                          .with("sync", durable ? "fsync" : "none")
                                          .text(),
                                      run_saving, plan));
            }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv, {"makespan_s", "items_per_second", "bytes_per_second"},
                              handoff::cases);
}
