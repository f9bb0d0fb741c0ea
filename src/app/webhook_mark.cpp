#include "app/webhook_mark.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace baudot::app {

std::string webhook_marks::path_of(account_id account) const {
    return directory_ + "/" + std::to_string(std::to_underlying(account));
}

std::optional<std::string> webhook_marks::find(account_id account) const {
    std::ifstream file(path_of(account));
    std::string url;
    if (!std::getline(file, url)) return std::nullopt;
    return url;
}

result<void> webhook_marks::put(account_id account, const std::string& url) const {
    std::error_code failed;
    std::filesystem::create_directory(directory_, failed);
    const std::string path = path_of(account);
    std::ofstream file(path);
    file << url << '\n' << std::flush;
    if (file) return {};
    const errc code = errno == ENOSPC ? errc::no_space : errc::io_failed;
    return fail(code, path + ": cannot be written: " + std::strerror(errno));
}

void webhook_marks::remove(account_id account) const {
    std::error_code ignored;
    std::filesystem::remove(path_of(account), ignored);
}

}  // namespace baudot::app
