#include "telegram_sim/world_file.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "base/utf16.hpp"
#include "telegram_sim/params.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

constexpr int depth_max = 32;

// As in YAML 1.2: a word in quotes is a text, whatever it looks like.
json::value scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") return json::value(text);
    if (text == "true") return json::value(true);
    if (text == "false") return json::value(false);
    if (text == "null" || text == "~" || text.empty()) return json::value(nullptr);
    if (const auto number = to_integer(text)) return json::value(*number);
    return json::value(text);
}

json::value convert(const YAML::Node& node, int depth) {
    if (depth > depth_max) throw YAML::ParserException(node.Mark(), "nested too deeply");
    switch (node.Type()) {
        case YAML::NodeType::Sequence: {
            json::array out;
            for (const YAML::Node& each : node) out.push_back(convert(each, depth + 1));
            return out;
        }
        case YAML::NodeType::Map: {
            json::object out;
            for (const auto& pair : node) {
                const std::string& key = pair.first.Scalar();
                if (out.contains(key)) {
                    throw YAML::ParserException(pair.first.Mark(), "'" + key + "' stands twice");
                }
                out.emplace(key, convert(pair.second, depth + 1));
            }
            return out;
        }
        case YAML::NodeType::Scalar: return scalar(node);
        case YAML::NodeType::Null:
        case YAML::NodeType::Undefined: break;
    }
    return nullptr;
}

}  // namespace

result<json::value> read_world_text(const std::string& text, const std::string& name) {
    if (!is_valid_utf8(text)) {
        return fail(errc::invalid_argument, fmt::format("{}: not UTF-8", name));
    }
    // The parser would take it for UTF-16 or UTF-32, and its decoder checks nothing.
    if (text.contains('\0')) {
        return fail(errc::invalid_argument,
                    fmt::format("{}: it has bytes of zero; save it as UTF-8", name));
    }
    try {
        return convert(YAML::Load(text), 0);
    } catch (const YAML::Exception& wrong) {
        return fail(errc::invalid_argument, fmt::format("{}:{}:{}: {}", name, wrong.mark.line + 1,
                                                        wrong.mark.column + 1, wrong.msg));
    }
}

result<json::value> read_world_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(errc::not_found, fmt::format("{}: cannot be opened", path));
    std::ostringstream text;
    text << file.rdbuf();
    return read_world_text(text.str(), path);
}

}  // namespace baudot::telegram_sim
