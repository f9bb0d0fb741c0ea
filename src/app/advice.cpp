#include "app/advice.hpp"

namespace baudot::app {

std::string_view meaning_of(reject_class why) noexcept {
    switch (why) {
        case reject_class::none: return "";
        case reject_class::unauthorized: return "its account had tried it and was lost since";
        case reject_class::forbidden: return "the account may not post there any more";
        case reject_class::chat_not_found: return "the account does not know this chat";
        case reject_class::chat_migrated: return "the group became a supergroup";
        case reject_class::source_gone: return "the post was deleted before it was copied";
        case reject_class::not_copyable:
            return "the post is protected, or of a kind without copies";
        case reject_class::bad_request: return "Telegram does not take this request";
        case reject_class::conflict: return "another program uses the account";
        case reject_class::expired: return "its time was over before it could be sent";
        case reject_class::copy_unknown:
            return "no answer came, and the route says on_uncertain: skip";
        case reject_class::no_sender: return "no account may post there";
        case reject_class::needs_member: return "no account that can post there sees the source";
        case reject_class::media_not_allowed: return "no account may send media there";
        case reject_class::nothing_left: return "the transforms left no text";
        case reject_class::too_long: return "the transforms made more than can be sent";
        case reject_class::transform_failed:
            return "an external API or a script did not give the text back, and the route lets it "
                   "not go without";
    }
    return "";
}

std::string_view help_for(reject_class why) noexcept {
    switch (why) {
        case reject_class::none: return "";
        case reject_class::unauthorized:
            return "mend the token and retry, or retry --through another account";
        case reject_class::forbidden:
        case reject_class::chat_not_found:
        case reject_class::no_sender: return "make the bot an administrator there, then retry";
        case reject_class::needs_member: return "add an account that posts there to the source";
        case reject_class::media_not_allowed: return "allow an account to send media, then retry";
        case reject_class::chat_migrated: return "write its new id into the configuration";
        case reject_class::source_gone:
        case reject_class::not_copyable: return "nothing: drop the letter";
        case reject_class::bad_request: return "its words say why; mend the route";
        case reject_class::conflict: return "stop the other program";
        case reject_class::expired: return "retry it, or give the route a longer expire_after";
        case reject_class::copy_unknown:
            return "look in the chat; retry --may-double if it is not there";
        case reject_class::nothing_left:
        case reject_class::too_long: return "change the route's transforms";
        case reject_class::transform_failed:
            return "the log says why; on_failure: pass lets posts go without";
    }
    return "";
}

}  // namespace baudot::app
