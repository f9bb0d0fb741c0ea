#include "rewriting/desk.hpp"

#include <boost/asio/co_spawn.hpp>

#include "rewriting/fake_apis_test.hpp"

namespace baudot::rewriting {
namespace {

using state = reply::state;
using policy = rewrite_failure_policy;

TEST_F(desk_test, an_answer_comes_after_news_and_is_known_from_then_on) {
    make({api_of("one")});
    EXPECT_EQ(desk_->find(about("text")).is, state::waiting);
    EXPECT_EQ(news, 0) << "not inside of find()";
    pass(1s);
    EXPECT_EQ(news, 1);
    const reply got = desk_->find(about("text"));
    EXPECT_EQ(got.is, state::answered);
    EXPECT_EQ(got.text.bytes, "answer");
    EXPECT_EQ(got.text.body_end, 6U);
    EXPECT_EQ(desk_->find(about("text", "one", policy::skip)).is, state::answered);
    EXPECT_EQ(fakes["one"].calls.size(), 1U);
    EXPECT_EQ(figure("baudot_text_api_cache_hits_total{api=\"one\"}"), 2);
    EXPECT_EQ(figure("baudot_text_api_calls_total{api=\"one\",result=\"answered\"}"), 1);
    EXPECT_EQ(figure("baudot_text_api_waiting{api=\"one\"}"), 0);
}

TEST_F(desk_test, one_question_is_called_once_however_often_it_is_asked) {
    make({api_of("one")});
    for (int times = 0; times < 9; ++times) (void)desk_->find(about("text"));
    (void)desk_->find(about("text", "one", policy::pass));
    EXPECT_EQ(ask(about("text")).is, state::answered);
    pass(1min);
    EXPECT_LE(fakes["one"].calls.size(), 2U) << "two policies may be two calls";
}

TEST_F(desk_test, what_differs_in_anything_is_another_question) {
    make({api_of("one")});
    const question first = about("text");
    std::vector<question> all(7, first);
    all[1].text.bytes = "other";
    all[2].text.marks.push_back({.begin = 0, .end = 4, .what = {.type = "bold"}});
    all[3].what.to = "de";
    all[4].what.prompt = "de";
    all[5].post.chat = chat_id{5};
    all[6].what.from = "de";
    for (const question& each : all) EXPECT_EQ(ask(each).is, state::answered);
    EXPECT_EQ(fakes["one"].calls.size(), all.size());
}

TEST_F(desk_test, calls_at_once_are_bounded) {
    text_api api = api_of("one");
    api.at_once = 2;
    make({api});
    for (int number = 0; number < 9; ++number) (void)desk_->find(about(std::to_string(number)));
    pass(1min);
    EXPECT_EQ(fakes["one"].calls.size(), 9U);
    EXPECT_EQ(fakes["one"].most_under_way, 2);
}

TEST_F(desk_test, an_api_that_never_answers_delays_no_other) {
    make({api_of("one"), api_of("two")});
    fakes["one"].script = [](int) { return never(); };
    for (int number = 0; number < 500; ++number) {
        (void)desk_->find(about(std::to_string(number), "one"));
    }
    const time_point begun = timers.now();
    for (int number = 0; number < 50; ++number) {
        EXPECT_EQ(ask(about(std::to_string(number), "two")).is, state::answered);
    }
    EXPECT_LE(timers.now() - begun, 50 * 101ms);
    EXPECT_LE(fakes["one"].most_under_way, 4);
}

TEST_F(desk_test, three_wrong_answers_are_a_failure_that_is_kept_for_a_minute) {
    make({api_of("one")});
    fakes["one"].script = [](int) { return fake_answer{.what = http::response{.body = "{"}}; };
    for (const policy each : {policy::hold, policy::pass, policy::skip}) {
        fakes["one"].calls.clear();
        const reply got = ask(about("text", "one", each));
        EXPECT_EQ(got.is, state::failed);
        EXPECT_EQ(got.reason, "API one: the answer is no JSON");
        EXPECT_EQ(fakes["one"].calls.size(), 3U);
        EXPECT_EQ(desk_->find(about("text", "one", each)).is, state::failed);
        pass(61s);
        EXPECT_EQ(desk_->find(about("text", "one", each)).is, state::waiting);
        pass(1min);
    }
    EXPECT_EQ(log->count("gets single trials"), 0U) << "it answers, so it is not dead";
}

TEST_F(desk_test, pass_and_skip_give_up_after_three_tries) {
    make({api_of("one")});
    fakes["one"].script = [](int) { return status(503); };
    for (const policy each : {policy::pass, policy::skip}) {
        SetUp();
        fakes["one"].calls.clear();
        const time_point begun = timers.now();
        EXPECT_EQ(ask(about("text", "one", each)).reason, "API one: HTTP 503: it fails");
        EXPECT_LE(fakes["one"].calls.size(), 3U);
        EXPECT_LE(timers.now() - begun, 31s);
    }
}

TEST_F(desk_test, a_slow_api_holds_a_post_that_may_pass_for_three_timeouts_and_a_call_at_most) {
    text_api api = api_of("one");
    api.at_once = 1;
    make({api});
    fakes["one"].script = [](int) { return never(); };
    const time_point begun = timers.now();
    std::vector<question> all;
    for (int number = 0; number < 20; ++number) {
        all.push_back(about(std::to_string(number), "one", policy::pass));
        (void)desk_->find(all.back());
    }
    for (const question& each : all) EXPECT_EQ(ask(each).is, state::failed);
    EXPECT_LE(timers.now() - begun, 41s);
}

TEST_F(desk_test, hold_asks_until_the_api_is_back) {
    make({api_of("one")});
    const time_point back = timers.now() + 20min;
    fakes["one"].script = [&](int) {
        return timers.now() < back ? fails(errc::connection_failed) : says("at last");
    };
    const reply got = ask(about("text"));
    EXPECT_EQ(got.text.bytes, "at last");
    EXPECT_LE(timers.now(), back + 3min);
}

TEST_F(desk_test, hold_ends_at_its_time_counted_from_receipt) {
    make({api_of("one")});
    fakes["one"].script = [](int) { return fails(errc::timed_out); };
    question what = about("text");
    const time_point begun = timers.now();
    EXPECT_EQ(ask(what).is, state::failed);
    EXPECT_GE(timers.now() - begun, 1h);
    EXPECT_LE(timers.now() - begun, 1h + 2min);
}

TEST_F(desk_test, a_post_that_is_old_already_gets_its_tries) {
    make({api_of("one")});
    question what = about("text");
    what.received_at -= 5h;
    fakes["one"].script = [](int number) { return number < 2 ? status(500) : says("answer"); };
    EXPECT_EQ(ask(what).is, state::answered);
    fakes["one"].script = [](int) { return status(500); };
    what.text.bytes = "another";
    EXPECT_EQ(ask(what, 1min).is, state::failed);
}

TEST_F(desk_test, a_dead_api_gets_single_trials_and_its_breaker_is_its_own) {
    make({api_of("one"), api_of("two")});
    fakes["one"].script = [](int) { return fails(errc::connection_failed); };
    for (int number = 0; number < 100; ++number) {
        (void)desk_->find(about(std::to_string(number), "one"));
    }
    for (int minute = 0; minute < 30; ++minute) {
        pass(1min);
        for (int number = 0; number < 100; ++number) {
            (void)desk_->find(about(std::to_string(number), "one"));
        }
    }
    EXPECT_LE(fakes["one"].calls.size(), 50U);
    EXPECT_EQ(log->count("gets single trials"), 1U) << "said once";
    for (int number = 0; number < 20; ++number) {
        EXPECT_EQ(ask(about(std::to_string(number), "two"), 1s).is, state::answered);
    }
    fakes["one"].script = [](int) { return says("answer"); };
    EXPECT_EQ(ask(about("1", "one"), 3min).is, state::answered);
    pass(1s);
    EXPECT_EQ(log->count("answers again"), 1U);
    EXPECT_EQ(log->count("a-secret-key"), 0U);
}

TEST_F(desk_test, while_the_breaker_is_open_for_long_posts_that_may_pass_do_at_once) {
    text_api api = api_of("one");
    api.timeout = 1s;
    make({api});
    fakes["one"].script = [](int) { return fails(errc::connection_failed); };
    for (int number = 0; number < 30; ++number) {
        (void)ask(about(std::to_string(number), "one", policy::pass));
    }
    const std::size_t calls = fakes["one"].calls.size();
    EXPECT_EQ(desk_->find(about("another", "one", policy::pass)).is, state::failed);
    EXPECT_EQ(fakes["one"].calls.size(), calls);
    EXPECT_LE(calls, 20U);
}

TEST_F(desk_test, what_a_busy_api_asks_for_is_kept) {
    make({api_of("one")});
    fakes["one"].script = [](int number) {
        return number == 0 ? status(429, "77") : says("answer");
    };
    for (int number = 0; number < 9; ++number) (void)desk_->find(about(std::to_string(number)));
    EXPECT_EQ(ask(about("1")).is, state::answered);
    const auto& calls = fakes["one"].calls;
    const auto later =
        std::ranges::count_if(calls, [&](time_point each) { return each >= calls[0] + 77s; });
    const auto at_first =
        std::ranges::count_if(calls, [&](time_point each) { return each == calls[0]; });
    EXPECT_EQ(later + at_first, static_cast<std::ptrdiff_t>(calls.size()));
    EXPECT_EQ(log->count("single trials"), 0U) << "to be busy is no failure";
}

TEST_F(desk_test, too_many_requests_without_a_time_are_backed_off_from) {
    make({api_of("one")});
    fakes["one"].script = [](int) { return status(429); };
    for (int minute = 0; minute < 10; ++minute) {
        (void)desk_->find(about("text"));
        pass(1min);
    }
    EXPECT_LE(fakes["one"].calls.size(), 30U);
}

TEST_F(desk_test, tries_are_apart_and_further_each_time) {
    make({api_of("one")});
    fakes["one"].script = [](int number) { return number < 3 ? status(500) : says("answer"); };
    EXPECT_EQ(ask(about("text")).is, state::answered);
    const auto& calls = fakes["one"].calls;
    ASSERT_EQ(calls.size(), 4U);
    EXPECT_GE(calls[1] - calls[0], 250ms);
    EXPECT_GE(calls[2] - calls[1], 500ms);
    EXPECT_GE(calls[3] - calls[2], 1s);
}

TEST_F(desk_test, what_nobody_asks_for_any_more_is_forgotten_after_news) {
    make({api_of("one")});
    fakes["one"].script = [](int) { return fails(errc::connection_failed); };
    (void)desk_->find(about("text"));
    pass(44s);
    news = 0;
    pass(2s);
    EXPECT_EQ(news, 1) << "whoever still waits asks again now";
    pass(2min);
    const std::size_t calls = fakes["one"].calls.size();
    pass(1h);
    EXPECT_EQ(fakes["one"].calls.size(), calls);
    EXPECT_EQ(figure("baudot_text_api_waiting{api=\"one\"}"), 0);
}

TEST_F(desk_test, the_queue_is_bounded_and_what_found_no_place_gets_one) {
    make({api_of("one")}, {.queue_max = 10});
    std::vector<question> all;
    for (int number = 0; number < 40; ++number) {
        all.push_back(about(std::to_string(number)));
        EXPECT_EQ(desk_->find(all.back()).is, state::waiting);
    }
    EXPECT_EQ(figure("baudot_text_api_waiting{api=\"one\"}"), 10);
    for (const question& each : all) (void)desk_->find(each);
    for (const question& each : all) {
        // News of others bring it in.
        while (desk_->find(each).is == state::waiting) pass(1s);
        EXPECT_EQ(desk_->find(each).is, state::answered);
    }
    make({api_of("one")}, {.queue_bytes_max = 100});
    (void)desk_->find(about(std::string(200, 'a')));
    (void)desk_->find(about("text"));
    EXPECT_EQ(figure("baudot_text_api_waiting{api=\"one\"}"), 1);
}

TEST_F(desk_test, every_failure_of_a_call_is_one_of_the_two) {
    text_api api = api_of("one");
    make({api});
    for (const errc code : {errc::connection_failed, errc::connection_lost, errc::timed_out,
                            errc::bad_answer, errc::invalid_argument}) {
        fakes["one"].script = [code](int) { return fails(code); };
        const reply got = ask(about(std::string(name(code)), "one", policy::skip));
        EXPECT_EQ(got.is, state::failed) << name(code);
        EXPECT_FALSE(got.reason.empty());
        fakes["one"].script = [](int) { return says("answer"); };
        (void)ask(about("mend " + std::string(name(code))));
        (void)ask(about("and again " + std::string(name(code))));
    }
}

TEST_F(desk_test, what_cannot_be_asked_fails_at_once) {
    text_api deepl = api_of("deepl");
    deepl.kind = api_kind::deepl;
    make({api_of("one"), deepl});
    EXPECT_EQ(desk_->find(about("text", "none")).reason, "there is no API none");
    EXPECT_EQ(desk_->find(about("text", "deepl")).reason,
              "API deepl needs to know into which language");
    EXPECT_EQ(desk_->find(about(std::string(70'000, 'a'))).is, state::failed);
    question emoji = about("🚀", "deepl");
    emoji.what.to = "de";
    const reply same = desk_->find(emoji);
    EXPECT_EQ(same.is, state::answered);
    EXPECT_EQ(same.text.bytes, "🚀");
    EXPECT_TRUE(fakes["deepl"].calls.empty());
}

TEST_F(desk_test, stop_cancels_what_is_under_way) {
    make({api_of("one")});
    fakes["one"].script = [](int) { return never(); };
    for (int number = 0; number < 9; ++number) (void)desk_->find(about(std::to_string(number)));
    pass(1s);
    EXPECT_EQ(fakes["one"].under_way, 4);
    bool ended = false;
    boost::asio::co_spawn(io, desk_->stop(), [&](std::exception_ptr) { ended = true; });
    pass(1ms);
    EXPECT_TRUE(ended);
    EXPECT_EQ(fakes["one"].cancelled, 4);
    EXPECT_EQ(desk_->find(about("another")).is, state::waiting);
    pass(1h);
    EXPECT_EQ(fakes["one"].calls.size(), 4U);
}

TEST_F(desk_test, an_api_that_cannot_be_used_is_refused_by_name) {
    const auto problem = [&](std::vector<text_api> apis) {
        auto made = make_desk(io.get_executor(), timers, figures, {}, {.apis = std::move(apis)});
        return made ? std::string() : made.error().message;
    };
    EXPECT_EQ(problem({api_of("one"), api_of("one")}), "there are two APIs one");
    text_api bad = api_of("two");
    bad.url = "ftp://x";
    EXPECT_TRUE(problem({bad}).starts_with("API two: its url: ")) << problem({bad});
}

}  // namespace
}  // namespace baudot::rewriting
