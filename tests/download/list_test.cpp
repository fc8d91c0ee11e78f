// The list of documents: what is drawn, and what is read from a file.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "harness/download_list.hpp"
#include "harness/errors.hpp"

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
           x.permanent == y.permanent;
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
    for (const latency_kind kind :
         {latency_kind::constant, latency_kind::log_normal, latency_kind::heavy_tail}) {
        // The standard error of the median is under 1%.
        const auto documents = make_documents({.items = 40'001, .latency = kind, .median = 7ms}, 1);
        EXPECT_NEAR(median_ms(documents), 7.0, 0.2) << name_of(kind);
    }
}

TEST_F(download_list_test, kinds_differ_in_their_tails) {
    const auto over_4_medians = [](const document& d) { return d.latency > 4ms; };
    const auto tail = [&](latency_kind kind) {
        return share(make_documents({.items = 40'000, .latency = kind, .median = 1ms}, 1), over_4_medians);
    };
    EXPECT_EQ(tail(latency_kind::constant), 0.0);
    // One in 357: log 4 is 2.77 sigma.
    EXPECT_NEAR(tail(latency_kind::log_normal), 0.0028, 0.001);
    // Half of 4^-1.5.
    EXPECT_NEAR(tail(latency_kind::heavy_tail), 0.0625, 0.005);
    const auto worst =
        make_documents({.items = 40'000, .latency = latency_kind::heavy_tail, .median = 1ms}, 1);
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

TEST_F(download_list_test, a_trace_is_read) {
    const auto documents =
        read_documents(written("# latency bytes\n20 100\n\n0.5 7 2 # slow link\n3 9 permanent\n"));
    ASSERT_EQ(documents.size(), 3U);
    EXPECT_TRUE(same(documents[0], {0, 20ms, 100, 0, false}));
    EXPECT_TRUE(same(documents[1], {1, 500us, 7, 2, false}));
    EXPECT_TRUE(same(documents[2], {2, 3ms, 9, 0, true}));
}

TEST_F(download_list_test, what_is_no_trace_is_refused_with_the_line) {
    for (const std::string bad :
         {"20", "-1 5", "20 -5", "20 5 -1", "20 5 often", "20 5 1 1", "nan 5", "20ms 5"})
        EXPECT_NE(refusal("1 1\n" + bad + "\n").find(", line 2: '" + bad + "' is no document"),
                  std::string::npos)
            << refusal("1 1\n" + bad + "\n");
    EXPECT_NE(refusal("# nothing\n").find("has no document"), std::string::npos);
    EXPECT_THROW(read_documents(folder_ / "missing"), misuse);
}

}  // namespace
}  // namespace handoff
