#include "simulation/cast.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "base/assert.hpp"
#include "telegram_sim/world_builder.hpp"

namespace baudot::simulation {
namespace json = boost::json;
namespace {

constexpr std::int64_t channel_base = -1'000'000'000'000;
constexpr std::int64_t group_base = -5'000'000;
constexpr std::int64_t person_base = 500'000;
constexpr std::int64_t first_bot = 7001;

std::string draw_type(random_source& random, bool with_people) {
    const std::uint64_t drawn = random.below(10);
    if (drawn < 5) return "channel";
    if (drawn < 8) return "supergroup";
    return with_people && drawn == 9 ? "private" : "group";
}

chat_id id_for(const std::string& type, std::int64_t number) {
    if (type == "private") return chat_id{person_base + number};
    return chat_id{(type == "group" ? group_base : channel_base) - number};
}

// Ids in a basic group are those of an account: two bots there would see two posts.
bool may_have_two(const std::string& type) {
    return type == "channel" || type == "supergroup";
}

std::vector<cast_chat> draw_chats(random_source& random, std::size_t count, std::int64_t from,
                                  bool with_people) {
    std::vector<cast_chat> made;
    for (std::size_t each = 0; each < count; ++each) {
        cast_chat one =
            make_chat(draw_type(random, with_people), from + static_cast<std::int64_t>(each));
        one.bots = may_have_two(one.type) && random.chance(0.3) ? 2 : 1;
        made.push_back(std::move(one));
    }
    return made;
}

route draw_route(random_source& random, std::size_t number, const std::vector<cast_chat>& sources) {
    route made;
    made.name = fmt::format("route-{}", number);
    made.mode = random.chance(0.25) ? relay_mode::forward : relay_mode::copy;
    made.on_uncertain = random.chance(0.35) ? uncertain_policy::skip : uncertain_policy::repeat;
    for (const cast_chat& each : sources) {
        if (random.chance(0.04)) made.from.push_back(each.id);
    }
    if (made.from.empty()) made.from.push_back(sources[random.below(sources.size())].id);
    const auto tag = [&] { return static_cast<int>(random.below(cast::tags)); };
    if (random.chance(0.3)) made.include = {fmt::format("#tag[{}{}]\\b", tag(), tag())};
    if (random.chance(0.2)) made.exclude = {fmt::format("#tag{}\\b", tag())};
    made.options.silent = random.chance(0.2);
    made.terms.traffic = static_cast<traffic_class>(random.below(5));
    made.terms.weight = static_cast<std::uint16_t>(random.between(1, 4));
    return made;
}

// "#tag[35]\b" and "#tag3\b": the digits are the tags.
bool names_tag(const std::vector<std::string>& patterns, int tag) {
    return std::ranges::any_of(patterns, [tag](const std::string& each) {
        return each.contains(static_cast<char>('0' + tag));
    });
}

bool has(const std::vector<chat_id>& chats, chat_id wanted) {
    return std::ranges::find(chats, wanted) != chats.end();
}

json::object describe(const cast_chat& what) {
    json::object made;
    made["id"] = std::to_underlying(what.id);
    made["type"] = what.type;
    made["title"] = fmt::format("chat {}", std::to_underlying(what.id));
    made["members"] = json::array{500};
    json::array admins;
    for (std::size_t each = 0; each < what.bots; ++each) {
        admins.emplace_back(first_bot + static_cast<std::int64_t>(each));
    }
    made["admins"] = std::move(admins);
    return made;
}

}  // namespace

std::vector<cast_bot> make_bots(std::size_t count) {
    std::vector<cast_bot> made;
    for (std::int64_t id = first_bot; made.size() < count; ++id) {
        made.push_back({account_id{id}, fmt::format("{}:AAE-simulated-token-{:020}", id, id)});
    }
    return made;
}

cast_chat make_chat(const std::string& type, std::int64_t number) {
    return {.id = id_for(type, number), .type = type};
}

cast draw_cast(random_source& random, std::size_t chats) {
    cast made;
    made.bots = make_bots(2);
    const std::size_t sources = std::max<std::size_t>(1, chats * 2 / 5);
    made.sources = draw_chats(random, sources, 1'000, false);
    made.destinations = draw_chats(random, std::max<std::size_t>(1, chats - sources), 2'000, true);
    const std::size_t routes =
        1 + random.below(std::min<std::size_t>(12, made.destinations.size()));
    for (std::size_t each = 0; each < routes; ++each) {
        made.rules.routes.push_back(draw_route(random, each, made.sources));
    }
    for (std::size_t each = 0; each < made.destinations.size(); ++each) {
        const std::size_t by = each < routes ? each : random.below(routes);
        made.rules.routes[by].to.push_back(made.destinations[each].id);
    }
    return made;
}

void settle(const cast& who, telegram_sim::local_telegram& at) {
    json::object world;
    json::array people;
    people.push_back({{"id", 500}, {"name", "Ann"}});
    json::array bots;
    for (const cast_bot& each : who.bots) {
        bots.push_back({{"id", std::to_underlying(each.id)},
                        {"username", fmt::format("relay_{}_bot", std::to_underlying(each.id))},
                        {"token", each.token},
                        {"privacy", false}});
    }
    json::array chats;
    json::array starts;
    for (const auto* list : {&who.sources, &who.destinations}) {
        for (const cast_chat& each : *list) {
            if (each.type != "private") {
                chats.push_back(describe(each));
                continue;
            }
            people.push_back({{"id", std::to_underlying(each.id)}, {"name", "Bob"}});
            starts.push_back({{"user", std::to_underlying(each.id)}, {"bot", first_bot}});
        }
    }
    world["users"] = std::move(people);
    world["bots"] = std::move(bots);
    world["chats"] = std::move(chats);
    world["starts"] = std::move(starts);
    telegram_sim::world_builder builder(at, "");
    const auto built = builder.build(world);
    BAUDOT_ASSERT(built.has_value(), "the simulated world is as the builder wants it");
    at.publish();
    for (const cast_bot& each : who.bots) {
        at.line(user_id{std::to_underlying(each.id)})->updates.clear();
    }
}

std::string text_of(const post_line& what, std::uint64_t number) {
    return fmt::format("post {} #tag{} \xF0\x9F\x93\xA1 \xD0\xBF\xD1\x80", number, what.tag);
}

std::vector<std::size_t> expected(const cast& who, const post_line& what) {
    const chat_id source = who.sources[what.source].id;
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < who.destinations.size(); ++place) {
        const route& by = route_of(who, who.destinations[place].id);
        if (!has(by.from, source)) continue;
        if (!by.include.empty() && !names_tag(by.include, what.tag)) continue;
        if (names_tag(by.exclude, what.tag)) continue;
        places.push_back(place);
    }
    return places;
}

const route& route_of(const cast& who, chat_id destination) {
    const auto found = std::ranges::find_if(
        who.rules.routes, [&](const route& each) { return has(each.to, destination); });
    BAUDOT_ASSERT(found != who.rules.routes.end(), "every destination has a route");
    return *found;
}

}  // namespace baudot::simulation
