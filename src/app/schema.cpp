#include "app/schema.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <utility>

#include "app/settings.hpp"
#include "config/reader.hpp"
#include "config/shape.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

using config::mapping_shape;
using config::value_shape;
using kind = value_shape::kind;

mapping_shape shape_of_configuration() {
    return config::document::describe([](config::document& file) { (void)read_settings(file); });
}

std::string path_of(const std::string& inside, const std::string& key) {
    return inside.empty() ? key : inside + '.' + key;
}

json::object string_like(const char* pattern) {
    return {{"type", "string"}, {"pattern", pattern}};
}

json::object value_schema(const value_shape& of) {
    switch (of.is) {
        case kind::text: break;
        case kind::boolean: return {{"type", "boolean"}};
        case kind::number: return {{"type", "number"}};
        case kind::time_span: return string_like("^([0-9]+(us|ms|s|m|h|d))+$");
        case kind::bytes: return string_like("^[0-9]+(B|KiB|MiB|GiB|TiB)$");
        case kind::hidden: return string_like(R"(^(\$\{.+\}|file:.+)$)");
        case kind::file: return {{"type", "string"}, {"minLength", 1}};
        case kind::word: return {{"enum", json::array(of.words.begin(), of.words.end())}};
        case kind::whole: {
            json::object made{{"type", "integer"}};
            if (of.least) made["minimum"] = *of.least;
            if (of.most) made["maximum"] = *of.most;
            return made;
        }
    }
    return {{"type", json::array{"string", "number", "boolean"}}};  // YAML has its own idea of 5
}

/// Mappings with a name are told once.
class writer {
public:
    json::object write(const mapping_shape& top) {
        json::object made{{"$schema", "http://json-schema.org/draft-07/schema#"},
                          {"title", "configuration of Baudot"}};
        json::object mapping = object_of(top, {});
        for (auto& each : mapping) made[each.key()] = std::move(each.value());
        made["definitions"] = std::move(named_);
        return made;
    }

private:
    json::object reference(const mapping_shape& of, const std::string& path) {
        const std::string& name = of.same_as.empty() ? of.name : of.same_as;
        if (name.empty()) return object_of(of, path);
        if (of.same_as.empty() && !named_.contains(name)) {
            named_[name] = nullptr;  // it may stand inside of itself
            named_[name] = object_of(of, name);
        }
        return {{"$ref", "#/definitions/" + name}};
    }

    json::object object_of(const mapping_shape& of, const std::string& path) {
        json::object properties;
        json::array required;
        for (const auto& [key, what] : of.keys) {
            properties[key] = key_schema(what, path_of(path, key));
            if (of.is_required(what)) required.emplace_back(key);
        }
        json::object made{{"type", "object"},
                          {"additionalProperties", false},
                          {"properties", std::move(properties)}};
        if (!required.empty()) made["required"] = std::move(required);
        return made;
    }

    json::object key_schema(const mapping_shape::key& of, const std::string& path) {
        json::array ways;
        json::array items;
        if (of.value) {
            ways.emplace_back(value_schema(*of.value));
            if (of.may_be_values) items.emplace_back(ways.back());
        }
        if (of.mapping) {
            const json::object inside = reference(*of.mapping, path);
            if (of.may_be_alone) ways.emplace_back(inside);
            if (of.may_be_list) items.emplace_back(inside);
        }
        if (!items.empty()) {
            ways.emplace_back(json::object{{"type", "array"}, {"items", one_of(std::move(items))}});
        }
        json::object made = one_of(std::move(ways));
        const std::string_view line = line_about(path);
        if (line.empty()) return made;
        if (made.contains("$ref")) made = {{"allOf", json::array{made}}};  // or it hides the line
        made["description"] = line;
        return made;
    }

    static json::object one_of(json::array ways) {
        if (ways.size() == 1) return ways.front().as_object();
        return {{"anyOf", std::move(ways)}};
    }

    json::object named_;
};

void add_keys(const mapping_shape& of, const std::string& path, std::vector<std::string>& to) {
    for (const auto& [key, what] : of.keys) {
        to.push_back(path_of(path, key));
        if (!what.mapping || !what.mapping->same_as.empty()) continue;
        const std::string& name = what.mapping->name;
        add_keys(*what.mapping, name.empty() ? path_of(path, key) : name, to);
    }
}

void print(const json::value& what, const std::string& indent, std::string& to) {
    const std::string deeper = indent + "  ";
    if (const json::object* object = what.if_object(); object != nullptr && !object->empty()) {
        char before = '{';
        for (const auto& each : *object) {
            to += std::exchange(before, ',');
            to += '\n' + deeper + json::serialize(json::string(each.key())) + ": ";
            print(each.value(), deeper, to);
        }
        to += '\n' + indent + '}';
        return;
    }
    const json::array* list = what.if_array();
    if (list == nullptr || list->empty() || !list->front().is_object()) {
        to += json::serialize(what);
        return;
    }
    char before = '[';
    for (const json::value& each : *list) {
        to += std::exchange(before, ',');
        to += '\n' + deeper;
        print(each, deeper, to);
    }
    to += '\n' + indent + ']';
}

}  // namespace

json::object configuration_schema() {
    return writer().write(shape_of_configuration());
}

std::vector<std::string> configuration_keys() {
    std::vector<std::string> keys;
    add_keys(shape_of_configuration(), {}, keys);
    return keys;
}

std::string pretty(const json::value& what) {
    std::string text;
    print(what, {}, text);
    return text + '\n';
}

}  // namespace baudot::app
