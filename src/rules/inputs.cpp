#include "rules/inputs.hpp"

#include "rules/names.hpp"

namespace preflight::rules {

namespace {

struct ToValue {
  const Reading& reading;
  Arena& arena;

  Value operator()(const facts::Absent&) const {
    return AbsentValue{reading.subject, reading.declaration->path};
  }
  Value operator()(const facts::Unknown& unknown) const { return missing(unknown.reason); }
  Value operator()(const facts::Value& value) const {
    const facts::Type& type = reading.declaration->type;
    const auto* list = std::get_if<facts::List>(&value.data);
    const auto* map = std::get_if<facts::Map>(&value.data);
    switch (type.shape) {
      case facts::Shape::scalar:
        return arena.scalar(value, type.scalar, reading.subject, reading.declaration->path);
      case facts::Shape::map:
        if (map == nullptr) break;
        return arena.map({map, type.scalar, &reading});
      case facts::Shape::list:
      case facts::Shape::records:
        if (list == nullptr) break;
        return items(*list, type);
    }
    return missing("not of the type that the registry declares");
  }

 private:
  Value missing(std::string reason) const {
    return arena.unknown({reading.subject, std::string(reading.declaration->path), std::move(reason)});
  }
  Value items(const facts::List& list, const facts::Type& type) const {
    std::vector<Value> values;
    values.reserve(list.size());
    for (const auto& item : list) {
      if (type.shape == facts::Shape::list) {
        values.push_back(arena.scalar(item, type.scalar, reading.subject, reading.declaration->path));
      } else if (const auto* fields = std::get_if<facts::Map>(&item.data)) {
        values.emplace_back(arena.record({fields, &type, &reading}));
      }
    }
    return arena.list(std::move(values));
  }
};

}  // namespace

std::string entry_path(std::string_view map, std::string_view key) {
  return std::string(map) + "[\"" + std::string(key) + "\"]";
}

SubjectFacts::SubjectFacts(const facts::SubjectKind& kind, const facts::Subject* subject, Value instead)
    : kind_(&kind), subject_(subject), instead_(instead), readings_(kind.facts.size()) {}

const Reading& SubjectFacts::read(std::uint32_t place, Arena& arena) const {
  Reading& reading = readings_[place];
  if (reading.is_read) return reading;
  reading = {this, &kind_->facts[place]};
  reading.is_read = true;
  if (subject_ == nullptr) {
    reading.value = instead_;
    return reading;
  }
  reading.fact = subject_->find(reading.declaration->path);
  reading.value = reading.fact != nullptr
                      ? std::visit(ToValue{reading, arena}, reading.fact->state)
                      : arena.unknown({this, std::string(reading.declaration->path), "not recorded"});
  return reading;
}

Inputs::Inputs(const facts::Document& document, const tables::Tables& tables) : tables_(tables) {
  const auto& kinds = facts::subject_kinds();
  kinds_.resize(kinds.size());
  std::vector<std::vector<Value>> lists(kinds.size());
  for (const auto& subject : document.subjects) {
    const std::size_t kind = kind_place(subject.kind);
    if (kind == kinds.size()) continue;
    const SubjectFacts* facts = &subjects_.emplace_back(kinds[kind], &subject, Failure{"not read"});
    if (kind == 0 && host_ == nullptr) host_ = facts;
    lists[kind].emplace_back(facts);
  }
  if (host_ == nullptr) {
    host_ = &subjects_.emplace_back(kinds[0], nullptr, arena_.unknown({nullptr, "host", "not recorded"}));
  }
  for (std::size_t kind = 1; kind < kinds.size(); ++kind) {
    const Value& count = read(*host_, fact_place(kinds[0], kinds[kind].plural)).value;
    kinds_[kind].list = is_unknown(count) ? count : arena_.list(std::move(lists[kind]));
    kinds_[kind].unseen = &subjects_.emplace_back(kinds[kind], nullptr, count);
  }
}

const Value& Inputs::stored(const facts::Value& value, facts::Scalar scalar, const SubjectFacts* subject,
                            std::string_view path, std::string_view key) {
  const auto [entry, is_new] = stored_.try_emplace(&value, Failure{"not read"});
  if (is_new) {
    entry->second = arena_.scalar(value, scalar, subject, path);
    if (is_unknown(entry->second)) {
      entry->second = arena_.scalar(value, scalar, subject, entry_path(path, key));
    }
  }
  return entry->second;
}

const tables::Table* Inputs::table(std::string_view name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : &found->second;
}

}  // namespace preflight::rules
