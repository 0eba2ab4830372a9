// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CPUID and XGETBV, affinity mask, core topology and cgroup quota.
#include "runtime/src/Cpu.h"

#include <dsc/dsc.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace dsc::rt {

namespace {

struct Registers {
  uint32_t a, b, c, d;
};

Registers cpuid(uint32_t leaf, uint32_t sub) {
  Registers r;
  __asm__("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(sub));
  return r;
}

uint32_t enabledState() {
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

constexpr uint32_t bits() { return 0; }
template <class... Rest>
constexpr uint32_t bits(int first, Rest... rest) {
  return uint32_t(1) << first | bits(rest...);
}

bool has(uint32_t value, uint32_t mask) { return (value & mask) == mask; }

} // namespace

int32_t detectCpuLevel() {
  uint32_t top = cpuid(0, 0).a, topExtended = cpuid(0x80000000u, 0).a;
  if (top < 7 || topExtended < 0x80000001u)
    return DSC_CPU_ANY;
  Registers one = cpuid(1, 0), seven = cpuid(7, 0);
  // SSE3, SSSE3, FMA, CX16, SSE4.1, SSE4.2, MOVBE, POPCNT, XSAVE, OSXSAVE, AVX, F16C; BMI1, AVX2, BMI2; LAHF, LZCNT.
  if (!has(one.c, bits(0, 9, 12, 13, 19, 20, 22, 23, 26, 27, 28, 29)) || !has(seven.b, bits(3, 5, 8)) ||
      !has(cpuid(0x80000001u, 0).c, bits(0, 5)))
    return DSC_CPU_ANY;
  uint32_t state = enabledState();
  if (!has(state, bits(1, 2)))
    return DSC_CPU_ANY;
  // AVX512 F, DQ, CD, BW, VL and the kernel's support for mask and upper registers.
  if (!has(seven.b, bits(16, 17, 28, 30, 31)) || !has(state, bits(5, 6, 7)))
    return DSC_CPU_X86_V3;
  bool bf16 = seven.a >= 1 && has(cpuid(7, 1).a, bits(5));
  return has(seven.c, bits(11)) && bf16 ? DSC_CPU_X86_V4_VNNI_BF16 : DSC_CPU_X86_V4;
}

const char *cpuLevelName(int32_t level) {
  static const char *const names[] = {"none", "v3", "v4", "v4+vnni+bf16"};
  return level >= 0 && level <= DSC_CPU_X86_V4_VNNI_BF16 ? names[level] : "unknown";
}

namespace {

/// Reads a small file as text; an empty string when there is none.
void readText(const char *path, char *text, size_t capacity) {
  text[0] = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return;
  ssize_t got = read(fd, text, capacity - 1);
  text[got > 0 ? got : 0] = 0;
  close(fd);
}

/// CPUs a cgroup v2 folder or any of its parents allows, rounded up; 0 = no quota.
uint32_t quotaV2() {
  char group[512], path[768], text[128];
  readText("/proc/self/cgroup", group, sizeof group);
  char *name = strstr(group, "0::/");
  if (!name)
    return 0;
  name += 3;
  name[strcspn(name, "\n")] = 0;
  uint32_t least = 0;
  for (;;) {
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", name);
    readText(path, text, sizeof text);
    char *end;
    long long quota = strtoll(text, &end, 10), period = strtoll(end, nullptr, 10);
    if (quota > 0 && period > 0) {
      uint32_t cpus = uint32_t((quota + period - 1) / period);
      least = least && least < cpus ? least : cpus;
    }
    char *slash = strrchr(name, '/');
    if (!slash || !name[0])
      return least;
    *slash = 0;
  }
}

uint32_t quotaV1() {
  char text[64];
  readText("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", text, sizeof text);
  long long quota = strtoll(text, nullptr, 10);
  readText("/sys/fs/cgroup/cpu/cpu.cfs_period_us", text, sizeof text);
  long long period = strtoll(text, nullptr, 10);
  return quota > 0 && period > 0 ? uint32_t((quota + period - 1) / period) : 0;
}

/// True if `cpu` is the lowest of its core's hardware threads that the mask allows.
bool leadsItsCore(const cpu_set_t &allowed, int cpu) {
  char path[128], text[128];
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
  readText(path, text, sizeof text);
  for (char *p = text; *p >= '0' && *p <= '9';) {
    long first = strtol(p, &p, 10), last = *p == '-' ? strtol(p + 1, &p, 10) : first;
    for (long sibling = first; sibling <= last && sibling < cpu; ++sibling)
      if (sibling < CPU_SETSIZE && CPU_ISSET(size_t(sibling), &allowed))
        return false;
    p += *p == ',';
  }
  return true;
}

} // namespace

uint32_t defaultThreadCount() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  uint32_t cores = 0;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
      cores += CPU_ISSET(size_t(cpu), &allowed) && leadsItsCore(allowed, cpu);
  else
    cores = uint32_t(sysconf(_SC_NPROCESSORS_ONLN));
  uint32_t quota = quotaV2();
  if (!quota)
    quota = quotaV1();
  if (quota && quota < cores)
    cores = quota;
  return cores ? cores : 1;
}

} // namespace dsc::rt
