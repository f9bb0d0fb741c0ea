#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

// Stands in for libFuzzer's main: each file of a corpus once, in builds of any preset.
// run_corpus FOLDER. A folder without a file is an error: a corpus that got lost tests nothing.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("usage: run_corpus FOLDER\n", stderr);
        return 2;
    }
    std::size_t inputs = 0;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(arguments[1], failed)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});
        // Named before it runs: what aborts is the last one named.
        std::printf("%s\n", entry.path().c_str());
        std::fflush(stdout);
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        ++inputs;
    }
    if (failed || inputs == 0) {
        std::fprintf(stderr, "no input in %s\n", arguments[1]);
        return 1;
    }
    std::printf("%zu inputs\n", inputs);
    return 0;
}
