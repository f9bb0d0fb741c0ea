#include "intake/sighting.hpp"

#include "base/byte_io.hpp"
#include "base/hash.hpp"
#include "model/delivery_id.hpp"

namespace baudot::intake {
namespace {

constexpr std::uint8_t value_version = 1;

void put_text(std::string& to, std::string_view text) {
    put(to, static_cast<std::uint32_t>(text.size()));
    to += text;
}

// What a reader sees: text, entities, medium. Not dates, views, markup or link previews.
std::uint64_t digest(const message& of) {
    std::string bytes;
    put(bytes, of.content);
    put_text(bytes, of.text.text);
    for (const message_entity& each : of.text.entities) {
        put_text(bytes, each.type);
        put(bytes, each.offset);
        put(bytes, each.length);
        put_text(bytes, each.url);
        put(bytes, each.user);
        put_text(bytes, each.language);
        put_text(bytes, each.custom_emoji_id);
    }
    if (of.media) put_text(bytes, of.media->file_unique_id);
    return xxh3_128(bytes).low;
}

}  // namespace

std::string encode(const sighting& what) {
    std::string value;
    put(value, value_version);
    put(value, what.version);
    put(value, what.edit_date);
    put(value, what.digest);
    return value;
}

result<sighting> decode_sighting(std::string_view value) {
    byte_reader reader(value);
    std::uint8_t version = 0;
    sighting what;
    reader.take(version);
    reader.take(what.version);
    reader.take(what.edit_date);
    reader.take(what.digest);
    if (!reader.done() || version != value_version) {
        return fail(errc::corrupt, "store: a value of the family seen cannot be read");
    }
    return what;
}

std::string source_key(const update& of) {
    std::string key;
    put_ordered(key, of.content.chat);
    put_ordered(key, of.content.id);
    if (message_ids_are_per_account(of.content.chat)) put_ordered(key, of.account);
    return key;
}

verdict judge(const update& of, std::optional<sighting>& known) {
    if (of.kind == update_kind::other) return {};
    const std::uint64_t content = digest(of.content);
    if (of.kind == update_kind::post) {
        if (known) return {news::twice, known->version};
        known = sighting{.version = 0, .edit_date = of.content.edit_date, .digest = content};
        return {news::post, 0};
    }
    if (!known) {
        known = sighting{.version = 1, .edit_date = of.content.edit_date, .digest = content};
        return {news::edit, 1};
    }
    const bool old = of.content.edit_date < known->edit_date;
    if (old || content == known->digest) return {news::twice, known->version};
    *known = {known->version + 1, of.content.edit_date, content};
    return {news::edit, known->version};
}

}  // namespace baudot::intake
