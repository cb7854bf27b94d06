// Holds back what is written to standard error while TensorFlow is loaded: it reports there that it is well before anything can be set.
#include <node_api.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace {

int kept = -1;
FILE *held = nullptr;

// hold(): from now on standard error goes to a temporary file.
napi_value Hold(napi_env, napi_callback_info) {
  if (held != nullptr) return nullptr;
  held = std::tmpfile();
  if (held == nullptr) return nullptr;
  std::fflush(stderr);
  kept = dup(STDERR_FILENO);
  dup2(fileno(held), STDERR_FILENO);
  return nullptr;
}

// release(): standard error is as before; gives what was held back.
napi_value Release(napi_env env, napi_callback_info) {
  std::string text;
  if (held != nullptr) {
    std::fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    std::rewind(held);
    char buffer[4096];
    for (size_t count; (count = std::fread(buffer, 1, sizeof buffer, held)) > 0;) text.append(buffer, count);
    std::fclose(held);
    held = nullptr;
  }
  napi_value result;
  napi_create_string_utf8(env, text.data(), text.size(), &result);
  return result;
}

napi_value Init(napi_env env, napi_value exports) {
  napi_value hold, release;
  napi_create_function(env, "hold", NAPI_AUTO_LENGTH, Hold, nullptr, &hold);
  napi_create_function(env, "release", NAPI_AUTO_LENGTH, Release, nullptr, &release);
  napi_set_named_property(env, exports, "hold", hold);
  napi_set_named_property(env, exports, "release", release);
  return exports;
}

}  // namespace

NAPI_MODULE(equipoise_quiet, Init)
