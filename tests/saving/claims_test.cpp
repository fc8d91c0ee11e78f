// Who may write which file: each item is written once, whoever wants to, and is never seen in part.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include "downloads/processes/temporary_folder.hpp"
#include "downloads/saving/document_file.hpp"
#include "downloads/workloads/saving_role.hpp"
#include "elsewhere.hpp"
#include "harness/machine/clock.hpp"

namespace handoff {
namespace {

const document small{.id = 7, .latency = {}, .bytes = 1000};

class saving_claims_test : public testing::TestWithParam<claim_kind> {
protected:
    file_saver saver() const { return {folder_.path(), {.claim = GetParam()}}; }
    save_result save(file_saver& to, const document& d) const {
        return to.save(file_name_of(d), document_body(d));
    }
    std::string wrong(std::span<const document> documents) const {
        return check_files(folder_.path(), documents);
    }

    temporary_folder folder_;
};

INSTANTIATE_TEST_SUITE_P(each, saving_claims_test,
                         testing::Values(claim_kind::lock, claim_kind::exclusive, claim_kind::id),
                         [](const auto& now) { return std::string(name_of(now.param)); });

TEST_P(saving_claims_test, an_item_is_saved_once) {
    file_saver to = saver();
    EXPECT_FALSE(to.has(file_name_of(small)));
    EXPECT_EQ(save(to, small), save_result::written);
    EXPECT_TRUE(to.has(file_name_of(small)));
    EXPECT_EQ(save(to, small), save_result::taken);
    file_saver other = saver();
    EXPECT_EQ(save(other, small), save_result::taken);
    EXPECT_EQ(wrong({&small, 1}), "");
    to.remove(file_name_of(small));
    EXPECT_EQ(save(to, small), save_result::written);
}

TEST_P(saving_claims_test, of_many_threads_one_writes) {
    const auto documents = make_documents({.items = 40}, 3);
    file_saver to = saver();
    std::atomic<std::size_t> written{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (const document& d : documents)
                    if (save(to, d) == save_result::written) ++written;
            });
    }
    EXPECT_EQ(written, documents.size());
    EXPECT_EQ(wrong(documents), "");
}

TEST_P(saving_claims_test, of_many_processes_one_writes) {
    if (GetParam() == claim_kind::lock) return;  // is among threads
    const auto documents = make_documents({.items = 40}, 3);
    std::vector<child_process> children;
    for (int i = 0; i < 4; ++i)
        children.push_back(child_process::copy([&] {
            file_saver to = saver();
            int written = 0;
            for (const document& d : documents) written += save(to, d) == save_result::written ? 1 : 0;
            return written;
        }));
    int written = 0;
    for (child_process& child : children) {
        child.wait();
        written += child.succeeded() ? 0 : std::stoi(child.fate().substr(std::string("exit code ").size()));
    }
    EXPECT_EQ(written, 40);
    EXPECT_EQ(wrong(documents), "");
}

TEST_P(saving_claims_test, who_is_killed_leaves_nothing_that_looks_like_an_item) {
    const document big{.id = 8, .latency = {}, .bytes = 1'000'000};
    EXPECT_EQ(elsewhere([&]() -> std::string {
                  file_saver to = saver();
                  to.save(file_name_of(big), [body = document_body(big), calls = 0](auto room) mutable {
                      if (++calls == 3) raise(SIGKILL);
                      return body(room);
                  });
                  return "still here";
              }),
              "signal 9");
    file_saver to = saver();
    EXPECT_FALSE(to.has(file_name_of(big)));
    // Only a claim by O_EXCL outlives its owner.
    if (GetParam() == claim_kind::exclusive) {
        EXPECT_EQ(save(to, big), save_result::taken);
    }
    EXPECT_EQ(save(to, small), save_result::written);
    EXPECT_LE(remove_abandoned(folder_.path()), 1U);
    EXPECT_EQ(save(to, big), save_result::written);
    const std::vector<document> both = {small, big};
    EXPECT_EQ(wrong(both), "");
    EXPECT_EQ(remove_abandoned(folder_.path()), 0U);
}

TEST_P(saving_claims_test, is_measured_and_verified) {
    harness_clock::calibrate();
    for (const bool durable : {false, true}) {
        saving_plan plan;
        plan.claim = GetParam();
        plan.savers = 4;
        plan.items = 30;
        plan.durable = durable;
        const outcome result = run_saving(plan);
        EXPECT_EQ(result.error, "");
        const auto taken = std::ranges::find(result.values, "taken", &std::pair<std::string, double>::first);
        ASSERT_NE(taken, result.values.end());
        EXPECT_EQ(taken->second, 30.0);
    }
}

TEST_P(saving_claims_test, what_is_lost_torn_or_foreign_is_seen) {
    file_saver to = saver();
    const std::vector<document> wanted = {small, {.id = 8, .latency = {}, .bytes = 10}};
    save(to, small);
    EXPECT_EQ(wrong(wanted), "unverified: document-8 was lost");
    document shorter = wanted[1];
    shorter.bytes = 9;
    save(to, shorter);
    EXPECT_EQ(wrong(wanted), "unverified: document-8 is torn");
    to.remove(file_name_of(shorter));
    document longer = wanted[1];
    longer.bytes = 11;
    save(to, longer);
    EXPECT_EQ(wrong(wanted), "unverified: document-8 is torn");
    EXPECT_EQ(wrong({wanted.data(), 1}), "unverified: there are 2 files of 1");
}

}  // namespace
}  // namespace handoff
