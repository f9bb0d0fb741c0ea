#include "router/language.hpp"

#include <array>
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <limits>

#include "base/utf16.hpp"

namespace baudot::router {
namespace {

// CLD2 keeps two codes that were given up long ago.
std::string code_of(CLD2::Language language) {
    std::string code = CLD2::LanguageCode(language);
    if (code == "iw") return "he";
    if (code == "jw") return "jv";
    return code;
}

}  // namespace

std::string language_of(std::string_view text) {
    if (text.empty() || !is_valid_utf8(text)) return {};
    const CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    std::array<CLD2::Language, 3> languages{};
    std::array<int, 3> percents{};
    std::array<double, 3> scores{};
    int letters = 0;
    bool is_reliable = false;
    const CLD2::Language found = CLD2::ExtDetectLanguageSummary(
        text.data(), static_cast<int>(text.size()), true, &hints, 0, languages.data(),
        percents.data(), scores.data(), nullptr, &letters, &is_reliable);
    if (!is_reliable || found == CLD2::UNKNOWN_LANGUAGE) return {};
    return code_of(found);
}

bool is_language(std::string_view code) {
    if (code.empty()) return false;  // the code of a few that are not told apart
    for (int each = 0; each < CLD2::NUM_LANGUAGES; ++each) {
        const auto language = static_cast<CLD2::Language>(each);
        if (language != CLD2::UNKNOWN_LANGUAGE && code_of(language) == code) return true;
    }
    return false;
}

}  // namespace baudot::router
