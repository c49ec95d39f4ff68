#include "elf/demangle.hpp"

#include "catch.hpp"

using preflight::elf::demangle;
using preflight::elf::mentions_new_abi;
using preflight::elf::mentions_old_abi_string;

TEST_CASE("names of C++ are written as people write them") {
  CHECK(demangle("_ZNK3c105Error4whatEv") == "c10::Error::what() const");
  CHECK(demangle("_ZNK3c1010Dispatcher30getRegistrationsForDispatchKeyESt8optionalINS_11DispatchKeyEE") ==
        "c10::Dispatcher::getRegistrationsForDispatchKey(std::optional<c10::DispatchKey>) const");
}

TEST_CASE("names that are not of C++, or wrong, stay as they are") {
  CHECK(demangle("cudaMalloc").empty() == false);
  for (const auto* name : {"cudaMalloc", "i", "", "_Z", "_ZN3c10", "_ZNK3c105Error4whatEv_and_more?"}) {
    CHECK(demangle(name) == name);
  }
  CHECK(demangle("\xff_name") == "\xef\xbf\xbd_name");
  CHECK(demangle(std::string("_Z1f\0v", 6)) == "_Z1f\xef\xbf\xbdv");
}

TEST_CASE("a short name for an endless text stays as it is") {
  // pair<A, A>, and pairs of pairs: each twice as long as the one before.
  std::string name = "_Z1f1ASt4pairIS_S_ES0_IS1_S1_E";
  CHECK(demangle(name).size() > name.size());
  for (const char letter : std::string("23456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    name += std::string("S0_IS") + letter + "_S" + letter + "_E";
  }
  CHECK(demangle(name) == name);
  CHECK(demangle("_Z" + std::string(5000, 'P') + "v").starts_with("_ZPP"));
}

TEST_CASE("names tell for which ABI of the C++ library they were compiled") {
  const std::string before = "_ZN2at14RecordFunction6beforeESsl";
  const std::string after =
      "_ZN2at14RecordFunction6beforeENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEl";
  CHECK(mentions_old_abi_string(before));
  CHECK_FALSE(mentions_new_abi(before));
  CHECK(mentions_new_abi(after));
  CHECK_FALSE(mentions_old_abi_string(after));
  CHECK(mentions_new_abi("_ZNK5torch4nameB5cxx11Ev"));
  CHECK(mentions_old_abi_string("_Z1fSbIwSt11char_traitsIwESaIwEE"));
  CHECK_FALSE(mentions_old_abi_string("_ZN5Class4passEv"));
  CHECK_FALSE(mentions_old_abi_string("_Z1fSt17basic_string_viewIcSt11char_traitsIcEE"));
  CHECK_FALSE(mentions_old_abi_string("_ZN2my3std6stringE"));
  CHECK_FALSE(mentions_old_abi_string("Ss"));
}
