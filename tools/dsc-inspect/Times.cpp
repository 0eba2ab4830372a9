// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finds the events of each step by name; steps of one name take turns, in the order in which they run.

#include "tools/dsc-inspect/Times.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>
#include <cmath>

namespace dsc::inspect {
namespace {

constexpr size_t deepest = 32;

using Durations = llvm::StringMap<std::vector<double>>; // by name, in order of time

/// The JSON reader recurses.
bool isShallow(llvm::StringRef text) {
  size_t depth = 0;
  bool isQuoted = false;
  for (size_t i = 0; i < text.size() && depth <= deepest; ++i) {
    char c = text[i];
    if (isQuoted)
      i += c == '\\';
    else if (c == '[' || c == '{')
      ++depth;
    else if ((c == ']' || c == '}') && depth > 0)
      --depth;
    if (c == '"')
      isQuoted = !isQuoted;
  }
  return depth <= deepest;
}

/// Adds `list`'s objects: their name and `key`, a number of microseconds.
void collect(const llvm::json::Array &list, llvm::StringRef key, Durations &times) {
  struct Event {
    double begin; // 0 in a profile, which is in order
    size_t index;
    const llvm::json::Object *object;
  };
  std::vector<Event> events;
  for (const llvm::json::Value &value : list)
    if (const llvm::json::Object *event = value.getAsObject()) {
      auto category = event->getString("cat");
      if (!category || *category == "step" || *category == "copy")
        events.push_back({event->getNumber("ts").value_or(0), events.size(), event});
    }
  std::sort(events.begin(), events.end(), [](const Event &a, const Event &b) {
    return std::pair(a.begin, a.index) < std::pair(b.begin, b.index);
  });
  for (const Event &event : events) {
    auto name = event.object->getString("name");
    auto time = event.object->getNumber(key);
    if (name && time && std::isfinite(*time) && *time >= 0)
      times[*name].push_back(*time);
  }
}

double medianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::string assign(EntryView &entry, const Durations &times) {
  llvm::StringMap<std::vector<StepView *>> steps;
  for (StepView &step : entry.steps)
    steps[step.name].push_back(&step);
  size_t found = 0;
  for (auto &[name, same] : steps) {
    auto it = times.find(name);
    if (name.empty() || it == times.end())
      continue;
    const std::vector<double> &all = it->second;
    if (all.size() % same.size() != 0)
      return "expected a multiple of " + std::to_string(same.size()) + " times of step '" + name.str() + "', but got " +
             std::to_string(all.size());
    for (auto [turn, step] : llvm::enumerate(same)) {
      std::vector<double> mine;
      for (size_t i = turn; i < all.size(); i += same.size())
        mine.push_back(all[i]);
      step->measuredUs = medianOf(std::move(mine));
      ++found;
    }
  }
  return found ? "" : "expected times of the plan's steps, but got none";
}

} // namespace

std::string readTimes(llvm::StringRef path, const PlanView &plan, EntryView &entry) {
  auto where = [&](const std::string &reason) { return reason.empty() ? reason : "'" + path.str() + "': " + reason; };
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return "cannot read '" + path.str() + "': " + file.getError().message();
  if (!isShallow((*file)->getBuffer()))
    return where("expected a trace or profile of dsc-run, but got JSON that is nested too deeply");
  llvm::Expected<llvm::json::Value> json = llvm::json::parse((*file)->getBuffer());
  if (!json)
    return where("expected JSON, but got " + llvm::toString(json.takeError()));
  const llvm::json::Object *root = json->getAsObject();
  const llvm::json::Array *events = root ? root->getArray("traceEvents") : nullptr;
  const llvm::json::Array *steps = root ? root->getArray("steps") : nullptr;
  if (!events && !steps)
    return where("expected a trace or profile of dsc-run, but got neither 'traceEvents' nor 'steps'");
  auto digest = root->getString("plan_digest");
  if (digest && *digest != plan.frame.digest)
    return where("expected times of plan " + plan.frame.digest.substr(0, 12) + ", but got those of " +
                 digest->take_front(12).str());
  Durations times;
  collect(events ? *events : *steps, events ? "dur" : "us", times);
  return where(assign(entry, times));
}

} // namespace dsc::inspect
