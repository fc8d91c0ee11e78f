// What the server is to do follows from list and seed: accidents, redirects, bytes.
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "downloads/http/body.hpp"
#include "harness/machine/errors.hpp"
#include "here.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

TEST(http_list_test, an_attempt_meets_an_accident_where_the_list_lets_it_fail) {
    const accident_spec spec{.failures = {accident::reset, accident::silent}};
    const document d{7, 1ms, 10, 2};
    EXPECT_NE(accident_of(spec, d, 0), accident::none);
    EXPECT_NE(accident_of(spec, d, 1), accident::none);
    EXPECT_EQ(accident_of(spec, d, 2), accident::none);
    EXPECT_EQ(accident_of(spec, {7, 1ms, 10, 2, true}, 0), accident::missing);
    std::map<accident, int> times;
    for (std::uint64_t id = 0; id < 2000; ++id) ++times[accident_of(spec, {id, 1ms, 10, 1}, 0)];
    // Ten standard deviations.
    EXPECT_NEAR(times[accident::reset], 1000, 224);
    EXPECT_EQ(times[accident::reset] + times[accident::silent], 2000);
}

TEST(http_list_test, as_many_documents_have_moved_as_are_asked_for) {
    std::map<unsigned, int> times;
    for (std::uint64_t id = 0; id < 4000; ++id) ++times[redirects_of({.redirected = 0.25}, {id, 1ms, 10})];
    EXPECT_NEAR(times[0], 3000, 274);
    for (const unsigned n : {1U, 2U, 3U}) EXPECT_NEAR(times[n], 333, 175) << n;
    EXPECT_EQ(times.size(), 4U);
    for (std::uint64_t id = 0; id < 100; ++id)
        EXPECT_EQ(redirects_of({.redirected = 0.0}, {id, 1ms, 10}), 0U);
}

TEST(http_list_test, accidents_have_names) {
    EXPECT_EQ(accidents_named("reset,silent"), (std::vector{accident::reset, accident::silent}));
    for (const std::string wrong : {"", "reset,flood"}) {
        try {
            accidents_named(wrong);
            ADD_FAILURE() << wrong;
        } catch (const misuse& e) {
            EXPECT_NE(std::string(e.what()).find("none, reset, error_500, truncated"), std::string::npos)
                << e.what();
        }
    }
}

TEST(http_list_test, pieces_of_a_body_are_the_same_however_it_is_cut) {
    const auto cut = [](std::uint64_t document, std::size_t most) {
        std::vector<char> all;
        while (all.size() < 200'000) {
            const auto piece = body_piece(document, all.size(), std::min(most, 200'000 - all.size()));
            EXPECT_FALSE(piece.empty());
            all.insert(all.end(), piece.begin(), piece.end());
        }
        return all;
    };
    const std::vector<char> whole = cut(5, 1'000'000);
    EXPECT_EQ(whole, cut(5, 7));
    EXPECT_NE(whole, cut(6, 7));
    EXPECT_TRUE(has_piece(5, 0, whole));
    EXPECT_TRUE(has_piece(5, 150'000, std::span(whole).subspan(150'000)));
    EXPECT_FALSE(has_piece(5, 1, whole));
    std::vector<char> wrong = whole;
    wrong.back() = static_cast<char>(~wrong.back());
    EXPECT_FALSE(has_piece(5, 0, wrong));
}

}  // namespace
}  // namespace handoff
