#include "workloads/cases/case_filter.hpp"

#include <gtest/gtest.h>

#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

using indices = std::vector<std::size_t>;

const std::vector<std::string> names = {"w/a/p:1", "w/ab/p:1", "w/a/p:10"};

TEST(case_filter_test, an_exact_name_selects_itself_only) {
    EXPECT_EQ(selected(names, "^w/a/p:1/iterations:1/manual_time$"), indices{0});
    EXPECT_EQ(selected(names, "^w/a/p:$"), indices{});
}

TEST(case_filter_test, the_name_that_a_report_has_ends_where_it_ends) {
    EXPECT_EQ(selected(names, "^w/a/p:1$"), indices{0});
    EXPECT_EQ(selected(names, "^w/.*/p:1$"), (indices{0, 1}));
    EXPECT_EQ(selected(names, "-^w/.*/p:1$"), indices{2});
}

TEST(case_filter_test, a_regular_expression_is_searched_for) {
    EXPECT_EQ(selected(names, "a/p:1"), (indices{0, 2}));
    EXPECT_EQ(selected(names, "^w/(a|ab)/p:1/"), (indices{0, 1}));
    EXPECT_EQ(selected(names, "manual_time$"), (indices{0, 1, 2}));
}

TEST(case_filter_test, a_minus_selects_the_others) {
    EXPECT_EQ(selected(names, "-ab"), (indices{0, 2}));
}

TEST(case_filter_test, nothing_and_all_select_all) {
    EXPECT_EQ(selected(names, "").size(), 3u);
    EXPECT_EQ(selected(names, "all").size(), 3u);
}

TEST(case_filter_test, a_broken_expression_is_misuse) {
    EXPECT_THROW(selected(names, "("), misuse);
}

}  // namespace
}  // namespace handoff
