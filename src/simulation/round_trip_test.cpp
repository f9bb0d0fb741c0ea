// What transforms make of a text is what readers see: planned, sent by the production protocol to
// the local Telegram, and read by another bot, its entities cover the characters that they are
// meant for.
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "async/virtual_timers.hpp"
#include "base/utf16.hpp"
#include "http/client.hpp"
#include "simulation/network.hpp"
#include "telegram/bot_api/bot_account.hpp"
#include "telegram_sim/door.hpp"
#include "text/fit.hpp"
#include "text/random_text_test.hpp"
#include "text/transform.hpp"

namespace baudot::simulation {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr chat_id channel{-1'001'000'000'001};
constexpr std::array<std::string_view, 8> formats = {
    "bold", "italic", "underline", "strikethrough", "spoiler", "code", "blockquote", "text_link"};

bool is_format(std::string_view type) {
    return std::ranges::find(formats, type) != formats.end();
}

/// Of each visible character of a text: itself, and what formats it has.
std::vector<std::string> characters_with_formats(const formatted_text& of) {
    std::vector<std::string> all;
    std::int32_t unit = 0;
    for (const std::string& each : text::testing::characters_of(of.text)) {
        std::set<std::string> has;
        for (const message_entity& one : of.entities) {
            const bool covers = one.offset <= unit && unit < one.offset + one.length;
            if (covers && is_format(one.type)) has.insert(one.type + one.url);
        }
        // Telegram: code stands alone, or in a quote that is all around it.
        if (has.contains("code")) has = {"code"};
        unit += each.size() == 4 ? 2 : 1;
        // Telegram trims, and takes out what turns the direction of a line (TDLib's
        // clean_input_string).
        if (each == " " || each == "\n" || each == "\u00A0" || each == "\u202E") continue;
        all.push_back(each);
        for (const std::string& one : has) all.back() += " " + one;
    }
    return all;
}

struct round_trip : testing::Test {
    asio::io_context io{1};
    virtual_timers timers{io};
    telegram_sim::door telegram{io.get_executor(), timers, {.telegram = {.seed = 1}}};
    network wire{io.get_executor(), timers,
                 [this](http::request what) { return telegram.handle(std::move(what)); }, 1};
    task_group tasks{io.get_executor()};
    std::unique_ptr<http::exchange> control = connect();
    struct bot {
        std::unique_ptr<http::exchange> sends, polls;
        std::unique_ptr<telegram::bot_api::bot_account> account;
    };

    ~round_trip() override {
        wire.sever();
        telegram.stop();
        tasks.request_stop();
        timers.run_until(timers.now() + 1s);
    }

    std::unique_ptr<http::exchange> connect() {
        return http::make_client(io.get_executor(), timers, {.base_url = "telegram"},
                                 wire.make_connector());
    }

    template <class T>
    T wait_for(asio::awaitable<T> what) {
        std::optional<T> made;
        const auto run = [](asio::awaitable<T> from,
                            std::optional<T>& to) -> asio::awaitable<void> {
            to = co_await std::move(from);
        };
        tasks.spawn("wait", run(std::move(what), made));
        timers.run_until(timers.now() + 2min);
        if (!made) ADD_FAILURE() << "it never ended";
        return std::move(made).value();
    }

    void order(const std::string& path, const std::string& body) {
        const auto answer =
            wait_for(control->send({.method = "POST",
                                    .target = "/sim/v1/" + path,
                                    .headers = {{"Content-Type", "application/json"}},
                                    .body = body},
                                   timers.now() + 60s));
        ASSERT_TRUE(answer) << answer.error().message;
        ASSERT_EQ(answer->status, 200) << answer->body;
    }

    bot make_bot(int number) {
        const std::string token = fmt::format("{}:AAsecret-of_these_tests-0123456789abcd", number);
        order("bots",
              fmt::format(R"({{"username":"bot_{0}_bot","id":{0},"token":"{1}"}})", number, token));
        bot made{.sends = connect(), .polls = connect()};
        made.account = telegram::bot_api::make_bot_account(
                           timers, *made.sends, *made.polls,
                           {.name = fmt::format("bot {}", number), .token = token})
                           .value();
        return made;
    }
};

transform_step random_step(random_source& random) {
    const auto words = [&] { return text::testing::random_words(random, 4); };
    switch (random.below(6)) {
        case 0:
            return {.what = replace_step{{{.find = "(hello|world|🚀)",
                                           .with = random.chance(0.5) ? "<\\0>" : "x🚀",
                                           .is_pattern = true}}}};
        case 1:
            return {.what = rewrite_step{.what = static_cast<rewrite_step::thing>(random.below(3)),
                                         .how = static_cast<rewrite_step::action>(random.below(2)),
                                         .with = {}}};
        case 2:
            return {.what = add_step{.where = static_cast<add_step::place>(random.below(2)),
                                     .html = "<b>é</b> 🚀<i>x<u>שלום</u></i>",
                                     .apart = static_cast<add_step::gap>(random.below(4)),
                                     .zone = {}}};
        case 3: return {.what = style_step{std::string(formats[random.below(7)])}};
        case 4: return {.what = replace_step{{{.find = "hello", .with = words()}}}};
        default:
            return {.what =
                        replace_step{{{.find = "b", .with = ""}, {.find = " ", .with = words()}}}};
    }
}

formatted_text random_post(random_source& random) {
    formatted_text made = text::testing::random_formatted(random, 25);
    std::erase_if(made.entities, [](const message_entity& each) {
        // Quotes and code stand in nothing else at Telegram; steps put them around whole posts.
        return !is_format(each.type) || each.type == "blockquote" || each.type == "code";
    });
    for (message_entity& each : made.entities) {
        if (!each.url.empty()) each.url = "https://example.com/a";
    }
    return made;
}

TEST_F(round_trip, what_transforms_make_is_what_readers_see) {
    bot sender = make_bot(7001);
    bot reader = make_bot(7002);
    order("chats", fmt::format(R"({{"id":{},"title":"news","admins":["bot_7001_bot",
                                    "bot_7002_bot"]}})",
                               std::to_underlying(channel)));
    const auto joined = wait_for(reader.account->poll(update_id{0}, 1s));
    ASSERT_TRUE(joined && !joined->empty());
    update_id confirmed{std::to_underlying(joined->back().id) + 1};
    std::size_t compared = 0;
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        const message post{.chat = channel,
                           .chat_title = "news",
                           .content = content_kind::text,
                           .text = random_post(random)};
        transform_steps steps;
        for (std::size_t left = random.below(5); left > 0; --left) {
            steps.push_back(random_step(random));
        }
        const auto ready = text::transform::compile(steps);
        ASSERT_TRUE(ready);
        text::marked_text marked = text::read_marked(post.text);
        ASSERT_EQ(ready->apply({.post = post}, marked).is, text::applied::state::done);
        for (const formatted_text& part : text::fit(marked, false, long_text_policy::split)) {
            const auto wanted = characters_with_formats(part);
            if (wanted.empty()) continue;
            const operation sends{.what = send_text{part}, .options = {}};
            const outcome sent = wait_for(sender.account->execute(sends, channel));
            if (sent.kind != outcome_kind::delivered) {
                // A text of nothing but invisible characters.
                ASSERT_TRUE(sent.description.contains("empty")) << sent.description << part.text;
                continue;
            }
            const auto seen = wait_for(reader.account->poll(confirmed, 1s));
            ASSERT_TRUE(seen) << seen.error().message;
            ASSERT_EQ(seen->size(), 1U);
            confirmed = update_id{std::to_underlying(seen->front().id) + 1};
            const auto read = characters_with_formats(seen->front().content.text);
            const auto [is, was] = std::ranges::mismatch(read, wanted);
            ASSERT_TRUE(is == read.end() && was == wanted.end())
                << part.text << "\nplanned \"" << (was == wanted.end() ? "" : *was) << "\", read \""
                << (is == read.end() ? "" : *is) << '"';
            ++compared;
        }
    }
    EXPECT_GT(compared, 1500U);
}

}  // namespace
}  // namespace baudot::simulation
