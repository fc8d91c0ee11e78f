// The list of documents: what is drawn, and what is read from a file.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "downloads/job/list.hpp"
#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class download_list_test : public testing::Test {
protected:
    void SetUp() override {
        std::string path = (fs::temp_directory_path() / "handoff-test-XXXXXX").string();
        ASSERT_NE(mkdtemp(path.data()), nullptr);
        folder_ = path;
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path written(const std::string& text) const {
        std::ofstream(folder_ / "trace") << text;
        return folder_ / "trace";
    }
    // What reading it is refused with.
    std::string refusal(const std::string& text) const {
        try {
            read_documents(written(text));
        } catch (const misuse& e) {
            return e.what();
        }
        return "it was read";
    }

    fs::path folder_;
};

bool same(const document& x, const document& y) {
    return x.id == y.id && x.latency == y.latency && x.bytes == y.bytes && x.failures == y.failures &&
           x.permanent == y.permanent && x.bytes_per_second == y.bytes_per_second;
}

double median_ms(std::vector<document> documents) {
    const auto middle = documents.begin() + static_cast<std::ptrdiff_t>(documents.size() / 2);
    std::ranges::nth_element(documents, middle, {}, &document::latency);
    return std::chrono::duration<double, std::milli>(middle->latency).count();
}

double share(const std::vector<document>& documents, bool (*has)(const document&)) {
    return static_cast<double>(std::ranges::count_if(documents, has)) / static_cast<double>(documents.size());
}

TEST_F(download_list_test, the_same_seed_gives_the_same_list) {
    const list_spec spec{.items = 100, .failing = 0.3, .permanent = 0.1};
    const auto a = make_documents(spec, 3);
    EXPECT_TRUE(std::ranges::equal(a, make_documents(spec, 3), same));
    EXPECT_FALSE(std::ranges::equal(a, make_documents(spec, 4), same));
}

TEST_F(download_list_test, latencies_have_the_median_that_is_asked_for) {
    for (const distribution kind :
         {distribution::constant, distribution::log_normal, distribution::heavy_tail}) {
        // The standard error of the median is under 1%.
        const auto documents = make_documents({.items = 40'001, .latency = kind, .median = 7ms}, 1);
        EXPECT_NEAR(median_ms(documents), 7.0, 0.2) << name_of(kind);
    }
}

TEST_F(download_list_test, kinds_differ_in_their_tails) {
    const auto over_4_medians = [](const document& d) { return d.latency > 4ms; };
    const auto tail = [&](distribution kind) {
        return share(make_documents({.items = 40'000, .latency = kind, .median = 1ms}, 1), over_4_medians);
    };
    EXPECT_EQ(tail(distribution::constant), 0.0);
    // One in 357: log 4 is 2.77 sigma.
    EXPECT_NEAR(tail(distribution::log_normal), 0.0028, 0.001);
    // Half of 4^-1.5.
    EXPECT_NEAR(tail(distribution::heavy_tail), 0.0625, 0.005);
    const auto worst =
        make_documents({.items = 40'000, .latency = distribution::heavy_tail, .median = 1ms}, 1);
    EXPECT_EQ(std::ranges::max(worst, {}, &document::latency).latency, 100ms);
}

TEST_F(download_list_test, failures_are_as_frequent_as_asked_and_change_no_latency) {
    const auto sound = make_documents({.items = 20'000}, 1);
    const auto frail = make_documents({.items = 20'000, .failing = 0.25, .permanent = 0.1}, 1);
    EXPECT_TRUE(std::ranges::equal(sound, frail, {}, &document::latency, &document::latency));
    EXPECT_EQ(share(sound, [](const document& d) { return d.failures > 0 || d.permanent; }), 0.0);
    EXPECT_NEAR(share(frail, [](const document& d) { return d.failures > 0; }), 0.25, 0.02);
    EXPECT_NEAR(share(frail, [](const document& d) { return d.failures > 1; }), 0.0625, 0.01);
    EXPECT_NEAR(share(frail, [](const document& d) { return d.permanent; }), 0.1, 0.01);
}

// So many bytes per second, 0 of a document without a rate.
std::vector<std::uint64_t> rates_of(const list_spec& spec) {
    std::vector<std::uint64_t> all;
    for (const document& d : make_documents(spec, 1)) all.push_back(d.bytes_per_second);
    std::ranges::sort(all);
    return all;
}

TEST_F(download_list_test, rates_have_the_median_and_the_tail_that_are_asked_for) {
    const auto rates = [](distribution kind) {
        return rates_of({.items = 40'001, .rate = kind, .median_rate = 500'000});
    };
    EXPECT_EQ(rates(distribution::constant), std::vector<std::uint64_t>(40'001, 500'000));
    const auto log_normal = rates(distribution::log_normal);
    const auto heavy = rates(distribution::heavy_tail);
    for (const auto& all : {log_normal, heavy}) EXPECT_NEAR(static_cast<double>(all[20'000]), 5e5, 15e3);
    const auto slower_than = [](const std::vector<std::uint64_t>& all, std::uint64_t rate) {
        return static_cast<double>(std::ranges::lower_bound(all, rate) - all.begin()) / 40'001.0;
    };
    // As of the latencies beyond 4 medians. What is fast has no tail: at most 2^(2/3) medians.
    EXPECT_NEAR(slower_than(log_normal, 125'000), 0.0028, 0.001);
    EXPECT_NEAR(1.0 - slower_than(log_normal, 2'000'000), 0.0028, 0.001);
    EXPECT_NEAR(slower_than(heavy, 125'000), 0.0625, 0.005);
    EXPECT_EQ(heavy.front(), 5'000U);
    EXPECT_LE(heavy.back(), 793'701U);
    EXPECT_EQ(rates_of({.items = 10}), std::vector<std::uint64_t>(10, 0));
}

TEST_F(download_list_test, rates_change_nothing_else) {
    const list_spec spec{.items = 2000, .failing = 0.25, .permanent = 0.1};
    list_spec paced = spec;
    paced.median_rate = 500'000;
    auto documents = make_documents(paced, 3);
    EXPECT_TRUE(std::ranges::equal(documents, make_documents(paced, 3), same));
    EXPECT_FALSE(std::ranges::equal(documents, make_documents(paced, 4), {}, &document::bytes_per_second,
                                    &document::bytes_per_second));
    for (document& d : documents) d.bytes_per_second = 0;
    EXPECT_TRUE(std::ranges::equal(documents, make_documents(spec, 3), same));
}

// The same as in tests/scripts/test_python_forms.py: Python draws this list by itself.
TEST_F(download_list_test, a_list_is_the_same_for_ever) {
    std::size_t bytes = 0;
    std::chrono::nanoseconds latency{0};
    for (const document& d : make_documents({}, 1)) {
        bytes += d.bytes;
        latency += d.latency;
    }
    EXPECT_EQ(bytes, 1'072'557U);
    EXPECT_EQ(latency, 295'959'142ns);
}

TEST_F(download_list_test, a_trace_is_read) {
    const auto documents = read_documents(
        written("# latency bytes\n20 100\n\n0.5 7 2 # slow link\n3 9 permanent\n1 5 0 250\n1 5 permanent 0\n"
                "0 86400 1 1\n"));
    ASSERT_EQ(documents.size(), 6U);
    EXPECT_TRUE(same(documents[0], {0, 20ms, 100, 0, false}));
    EXPECT_TRUE(same(documents[1], {1, 500us, 7, 2, false}));
    EXPECT_TRUE(same(documents[2], {2, 3ms, 9, 0, true}));
    EXPECT_TRUE(same(documents[3], {3, 1ms, 5, 0, false, 250}));
    EXPECT_TRUE(same(documents[4], {4, 1ms, 5, 0, true}));
    EXPECT_TRUE(same(documents[5], {5, 0ms, 86'400, 1, false, 1}));
}

TEST_F(download_list_test, what_is_no_trace_is_refused_with_the_line) {
    for (const std::string bad :
         {"20", "-1 5", "20 -5", "20 5 -1", "20 5 often", "20 5 1 1 1", "nan 5", "20ms 5", "20 5 0 -1",
          "20 5 0 1.5", "20 5 0 fast", "20 5 often 1", "20 86401 0 1"})
        EXPECT_EQ(refusal("1 1\n" + bad + "\n"),
                  "trace '" + (folder_ / "trace").string() + "', line 2: '" + bad +
                      "' is no document; valid: LATENCY_MS BYTES [FAILURES or permanent "
                      "[BYTES_PER_SECOND]], a latency and a transfer of a day at most");
    EXPECT_NE(refusal("# nothing\n").find("has no document"), std::string::npos);
    EXPECT_THROW(read_documents(folder_ / "missing"), misuse);
}

}  // namespace
}  // namespace handoff
