// Xid lines of every form that the driver has written, and what only looks like one.
#include "live/xid.hpp"

#include "catch.hpp"
#include "live/log_record.hpp"

using namespace preflight;

TEST_CASE("an Xid line names the GPU, the code, the process and the message") {
  const auto xid = live::parse_xid(
      "NVRM: Xid (PCI:0000:3B:00): 31, pid=1234, name=python, Ch 00000008, intr 00000000. MMU Fault");
  REQUIRE(xid);
  CHECK(xid->address == "0000:3b:00.0");
  CHECK(xid->code == 31);
  CHECK(xid->pid == 1234);
  CHECK(xid->process == "python");
  CHECK(xid->text == "Ch 00000008, intr 00000000. MMU Fault");
}

TEST_CASE("an Xid line may have no process") {
  const std::string line =
      GENERATE("NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
               "NVRM: Xid (PCI:0000:3b:00): 79, pid=0, GPU has fallen off the bus.",
               "NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.",
               "NVRM: Xid (0000:3b:00): 79, GPU has fallen off the bus.",
               "NVRM: Xid (PCI:0000:3b:00.0): 79, GPU has fallen off the bus.");
  INFO(line);
  const auto xid = live::parse_xid(line);
  REQUIRE(xid);
  CHECK(xid->address == "0000:3b:00.0");
  CHECK(xid->code == 79);
  CHECK(xid->pid == 0);
  CHECK(xid->process.empty());
  CHECK(xid->text == "GPU has fallen off the bus.");
}

TEST_CASE("an Xid line may name instances of Multi-Instance GPU") {
  const std::string place = GENERATE("GPU-I:05", "GPU-I:05 GPU-CI:01");
  const auto xid = live::parse_xid("NVRM: Xid (PCI:0001:3b:00 " + place + "): 13, pid=7, name=a b, Graphics");
  REQUIRE(xid);
  CHECK(xid->address == "0001:3b:00.0");
  CHECK(xid->process == "a b");
  CHECK(xid->text == "Graphics");
}

TEST_CASE("what an Xid line lacks is left empty") {
  const auto odd = live::parse_xid("NVRM: Xid (13:0): 8, Channel 00000001");
  REQUIRE(odd);
  CHECK(odd->address.empty());
  CHECK(odd->code == 8);
  const auto silent = live::parse_xid("NVRM: Xid (PCI:0000:3b:00): 45, pid=9, name=x, ");
  REQUIRE(silent);
  CHECK(silent->process == "x");
  CHECK(silent->text.empty());
  const auto cut = live::parse_xid("NVRM: Xid (PCI:0000:3b:00): 45, pid=9, name=pyth");
  REQUIRE(cut);
  CHECK(cut->process == "pyth");
  CHECK(cut->text.empty());
  const auto bare = live::parse_xid("NVRM: Xid (PCI:0000:3b:00): 45,");
  REQUIRE(bare);
  CHECK(bare->code == 45);
}

TEST_CASE("other lines are no Xid lines") {
  for (const auto* const line :
       {"", "NVRM: Xid", "NVRM: Xid (", "NVRM: Xid (PCI:0000:3b:00",
        "NVRM: Xid (PCI:0000:3b:00): ", "NVRM: Xid (PCI:0000:3b:00): 7",
        "NVRM: Xid (PCI:0000:3b:00): abc, text", "NVRM: Xid (PCI:0000:3b:00): -1, text",
        "NVRM: Xid (PCI:0000:3b:00): 99999999999999999999, text", "NVRM: Xid (PCI:0000:3b:00): 100000, text",
        "NVRM: Xid : 32, pid=2280636", "nvidia-nvswitch3: SXid (PCI:0000:c4:00.0): 12028, Non-fatal, Link 32",
        "python: NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.",
        "NVRM: GPU at PCI:0000:3b:00: GPU-b850f46d-d5ea-c752-ddf3-c4453e44d3f7"}) {
    INFO(line);
    CHECK_FALSE(live::parse_xid(line));
  }
}

TEST_CASE("hostile Xid lines are bounded") {
  const std::string much(100'000, '\xff');
  const auto xid =
      live::parse_xid("NVRM: Xid (" + much + "): 31, pid=" + much + ", name=" + much + ", " + much);
  REQUIRE(xid);
  CHECK(xid->address.empty());
  CHECK(xid->pid == 0);
  CHECK(xid->process.size() == 100);
  CHECK(xid->text.size() == 300);
  const std::string zeros("NVRM: Xid (PCI:\0): 31, \0", 24);
  REQUIRE(live::parse_xid(zeros));
  CHECK(live::parse_xid(zeros)->text == std::string(1, '\0'));
}

TEST_CASE("the load of the driver's module is told by both flavours") {
  CHECK(live::tells_of_module_load("NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19"));
  CHECK(live::tells_of_module_load("NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  575.57.08"));
  CHECK_FALSE(live::tells_of_module_load("nvidia: loading out-of-tree module taints kernel."));
}

TEST_CASE("a record of the kernel's log has a facility, a time and a text") {
  const auto record =
      live::parse_log_record("6,1571,20967769557,-;NVRM: a;b\n SUBSYSTEM=pci\n DEVICE=+pci:0\n");
  REQUIRE(record);
  CHECK(record->is_of_kernel);
  CHECK(record->seconds == 20967);
  CHECK(record->text == "NVRM: a;b");
  const auto written = live::parse_log_record("12,5,999999,-,caller=T1;text");
  REQUIRE(written);
  CHECK_FALSE(written->is_of_kernel);
  CHECK(written->seconds == 0);
  CHECK(written->text == "text");
}

TEST_CASE("what is no record of the kernel's log is none") {
  for (const auto* const text : {"", ";", "6,1;x", "a,1,2,-;x", "6,1,b,-;x", "-1,1,2,-;x", "6,1,-2,-;x",
                                 "6,1,99999999999999999999,-;x", "6,1,2,-", "\xff\xfe;\xff"}) {
    INFO(text);
    CHECK_FALSE(live::parse_log_record(text));
  }
}
