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

TEST(case_filter_test, the_beginning_of_a_filter_tells_which_implementations_it_may_select) {
    const auto allows = [](const char* filter, const char* implementation) {
        return name_beginning(filter).allows("w", implementation);
    };
    EXPECT_TRUE(allows("^w/a/p:1$", "a"));
    EXPECT_FALSE(allows("^w/a/p:1$", "ab"));
    EXPECT_TRUE(allows("^w/a", "ab"));
    EXPECT_FALSE(allows("^x/a", "a"));
    // Of these the beginning says nothing, or less than its letters.
    for (const char* open :
         {"", "all", "a/p:1", "-^w/a/", "^w/a/|b", "^.*", "^w/(a|ab)/", "^w/b*a", "^w/b?a/", "^w/b{0,1}a/"})
        EXPECT_TRUE(allows(open, "a")) << open;
    EXPECT_TRUE(name_beginning().allows("w", "a"));
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
