#include "model/call.hpp"

#include <gtest/gtest.h>

#include <string>

namespace baudot {
namespace {

operation text_of(std::string text) {
    return {.what = send_text{.text = {.text = std::move(text), .entities = {}}}, .options = {}};
}

TEST(call, a_text_costs_more_from_five_hundred_characters_on) {
    EXPECT_EQ(cost_of(text_of("")), 1);
    EXPECT_EQ(cost_of(text_of(std::string(500, 'x'))), 1);
    EXPECT_EQ(cost_of(text_of(std::string(1500, 'x'))), 2);
    std::string cyrillic;
    for (int i = 0; i < 500; ++i) cyrillic += "ж";
    EXPECT_EQ(cost_of(text_of(cyrillic)), 1) << "characters, not bytes";
    EXPECT_EQ(cost_of({.what = copy_message{chat_id{-1}, message_id{1}}, .options = {}}), 1);
    const formatted_text caption{.text = std::string(1000, 'x'), .entities = {}};
    EXPECT_EQ(cost_of({.what = copy_message{chat_id{-1}, message_id{1}, caption}, .options = {}}),
              cost_of(text_of(caption.text)));
}

TEST(call, every_operation_is_of_one_class_of_methods_and_each_has_a_name) {
    EXPECT_EQ(methods_of(text_of("x")), method_class::send);
    EXPECT_EQ(methods_of({.what = copy_message{}, .options = {}}), method_class::copy);
    EXPECT_EQ(methods_of({.what = forward_message{}, .options = {}}), method_class::forward);
    EXPECT_EQ(name(method_class::forward), "forward");
    EXPECT_EQ(name(static_cast<method_class>(99)), "unknown");
}

}  // namespace
}  // namespace baudot
