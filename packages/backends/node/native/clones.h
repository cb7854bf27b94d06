#pragma once

// On Linux a function is built for several processors, and the right one is taken when the library is loaded.
#if defined(__linux__) && defined(__x86_64__) && defined(__GNUC__)
#define EQUIPOISE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EQUIPOISE_CLONES
#endif
