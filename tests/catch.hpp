// Catch2's v3 interface on either release: Debian 12 has v2 (one header), Debian 13 has v3.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
