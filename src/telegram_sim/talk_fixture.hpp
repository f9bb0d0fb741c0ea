#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/virtual_timers.hpp"
#include "telegram_sim/bot_methods.hpp"
#include "telegram_sim/control.hpp"

namespace baudot::telegram_sim {

/// People act through the control API, bots through their methods; both as JSON, as over HTTP.
/// Ann (501) owns all chats, Bob (502) is a member; bot 7001 administers all, bot 7002 is a
/// member of the groups. Every kind of update is asked for.
class talk_fixture : public testing::Test {
public:
    ~talk_fixture() override {
        tasks.request_stop();
        timers.run_until(timers.now());
    }

protected:
    static constexpr user_id ann{501}, bob{502}, bot{7001}, guest{7002};
    static constexpr std::string_view news = "-1000000000010", forum = "-1000000000020",
                                      talk = "-1000000000030", group = "-77";

    void SetUp() override {
        control_ok("POST", "world", R"({
            "users":[{"id":501,"name":"Ann","username":"ann"},
                     {"id":502,"name":"Bob","username":"bob"}],
            "bots":[{"id":7001,"username":"a_bot","privacy":false},
                    {"id":7002,"username":"g_bot","privacy":false}],
            "starts":[{"user":"ann","bot":"a_bot"}],
            "chats":[
              {"id":-1000000000010,"title":"News","creator":"ann","admins":["a_bot"]},
              {"id":-1000000000020,"title":"Forum","type":"supergroup","forum":true,"creator":"ann",
               "admins":["a_bot"],"members":["bob","g_bot"]},
              {"id":-1000000000030,"title":"Talk","type":"supergroup","creator":"ann",
               "admins":["a_bot"],"members":["bob","g_bot"]},
              {"id":-77,"title":"Group","type":"group","creator":"ann","admins":["a_bot"],
               "members":["bob","g_bot"]}]})");
        for (const user_id each : {bot, guest}) (void)updates(each);
    }

    /// Virtual time stands still while nobody sleeps.
    void pass(duration time) {
        const time_point until = timers.now() + time;
        tasks.spawn("time", timers.sleep_until(until));
        timers.run_until(until);
    }

    http::answer control_answer(const std::string& method, const std::string& target,
                                std::string body = "") {
        const auto query = params::parse({.target = "/sim/v1/" + target});
        return api.handle(method, *query, std::move(body));
    }
    boost::json::value control_ok(const std::string& method, const std::string& target,
                                  std::string body = "") {
        const http::answer got = control_answer(method, target, std::move(body));
        EXPECT_EQ(got.what.status, 200) << method << " " << target << ": " << got.what.body;
        return boost::json::parse(got.what.body);
    }
    std::string control_error(const std::string& method, const std::string& target,
                              std::string body = "") {
        const http::answer got = control_answer(method, target, std::move(body));
        EXPECT_NE(got.what.status, 200) << got.what.body;
        const boost::json::value said = boost::json::parse(got.what.body);
        const auto* why = said.as_object().if_contains("error");
        return why == nullptr ? std::string{} : std::string(why->as_string());
    }
    /// A post of a person, or by the channel; answers its id.
    std::int64_t says(std::string_view chat, std::string body) {
        return control_ok("POST", "chats/" + std::string(chat) + "/messages", std::move(body))
            .at("message_id")
            .as_int64();
    }

    api_result<boost::json::value> call(user_id by, std::string_view method, std::string args) {
        http::request request{.target = "/", .body = std::move(args)};
        request.headers.emplace_back("Content-Type", "application/json");
        const auto parsed = params::parse(std::move(request));
        const method_entry* entry = find_method(method);
        EXPECT_TRUE(parsed && entry) << method;
        method_call made{telegram, *parsed, {by, timers.wall_now(), telegram.next_request()}};
        std::string out;
        const auto done = entry->run(made, out);
        telegram.publish();
        if (!done) return std::unexpected(done.error());
        return boost::json::parse(out);
    }
    boost::json::value ok(user_id by, std::string_view method, const std::string& args) {
        auto got = call(by, method, args);
        EXPECT_TRUE(got) << method << args << (got ? "" : got.error().description);
        return got ? std::move(*got) : boost::json::value();
    }
    boost::json::value ok(std::string_view method, const std::string& args) {
        return ok(bot, method, args);
    }
    /// The description of the refusal, which must have changed nothing.
    std::string refused(user_id by, std::string_view method, std::string args) {
        const hash128 before = telegram.in().history_hash();
        const auto got = call(by, method, std::move(args));
        EXPECT_FALSE(got) << method << " was not refused";
        EXPECT_EQ(telegram.in().history_hash(), before) << method << " refused, and changed much";
        return got ? std::string{} : got.error().description;
    }
    std::string refused(std::string_view method, std::string args) {
        return refused(bot, method, std::move(args));
    }

    /// What a bot was told since it asked last.
    boost::json::array updates(user_id of) {
        boost::json::array out;
        update_queue& queue = telegram.line(of)->updates;
        for (;;) {
            const auto step =
                queue.begin({.offset = next_[of], .allowed = (update_mask{1} << update_kinds) - 1},
                            timers.now());
            if (step.what == update_queue::verdict::wait) {  // asked too often for nothing
                queue.abandon(step.id);
                return out;
            }
            const boost::json::value page = boost::json::parse(step.updates);
            if (page.as_array().empty()) return out;
            for (const auto& each : page.as_array()) out.push_back(each);
            next_[of] = page.as_array().back().at("update_id").as_int64() + 1;
        }
    }
    /// Those of one kind, without their ids.
    boost::json::array updates(user_id of, std::string_view kind) {
        boost::json::array out;
        for (const auto& each : updates(of)) {
            if (const auto* found = each.as_object().if_contains({kind.data(), kind.size()})) {
                out.push_back(*found);
            }
        }
        return out;
    }
    static std::string text(const boost::json::value& of) {
        return boost::json::value_to<std::string>(of);
    }
    static bool has(const boost::json::value& of, std::string_view key) {
        return of.as_object().contains({key.data(), key.size()});
    }

    boost::asio::io_context io{1};
    virtual_timers timers{io};
    local_telegram telegram{timers, {}};
    task_group tasks{io.get_executor()};
    control api{telegram, tasks, ""};

private:
    std::map<user_id, std::int64_t> next_;
};

}  // namespace baudot::telegram_sim
