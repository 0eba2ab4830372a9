// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Mutations of a protobuf message through its reflection: no list of ONNX's fields to keep up to date.

#include "ModelMutator.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include <fstream>
#include <memory>
#include <random>
#include <vector>

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace dsc::test {
namespace {

class Mutator {
public:
  Mutator(Message &root, uint32_t seed) : root(root), random(seed) {}

  void mutate() {
    for (size_t count = 1 + pick(4); count > 0; --count) {
      messages.clear(); // a change frees messages
      strings.clear();
      collect(root);
      mutateMessage(*messages[pick(messages.size())]);
    }
  }

private:
  size_t pick(size_t count) { return count ? random() % count : 0; }

  /// All messages and strings below a message.
  void collect(Message &message) {
    messages.push_back(&message);
    const Reflection &reflection = *message.GetReflection();
    std::vector<const FieldDescriptor *> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor *field : fields) {
      int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
          collect(field->is_repeated() ? *reflection.MutableRepeatedMessage(&message, field, i)
                                       : *reflection.MutableMessage(&message, field));
        else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
          strings.push_back(field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                 : reflection.GetString(message, field));
      }
    }
  }

  int64_t number() {
    constexpr int64_t corners[] = {0, 1, -1, 2, 3, 7, 8, 16, 64, 127, 128, 255, 1024, 65536, INT32_MAX, INT32_MIN, INT64_MAX,
                                   INT64_MIN, int64_t(1) << 40};
    return corners[pick(std::size(corners))];
  }

  std::string text() {
    static const char *const words[] = {"", "x", "NOTSET", "SAME_UPPER", "nearest", "ai.onnx", "\xff", "a/../b"};
    size_t choice = pick(strings.size() + std::size(words));
    return choice < strings.size() ? strings[choice] : words[choice - strings.size()];
  }

  void mutateMessage(Message &message) {
    const Reflection &reflection = *message.GetReflection();
    const google::protobuf::Descriptor &type = *message.GetDescriptor();
    if (type.field_count() == 0)
      return;
    // A field that is there, more often than one that is not.
    std::vector<const FieldDescriptor *> fields;
    reflection.ListFields(message, &fields);
    bool present = !fields.empty() && pick(4) != 0;
    const FieldDescriptor *field = present ? fields[pick(fields.size())] : type.field(int(pick(type.field_count())));
    if (field->is_repeated())
      mutateList(message, field);
    else if (pick(8) == 0)
      reflection.ClearField(&message, field);
    else
      mutateField(message, field);
  }

  void mutateField(Message &message, const FieldDescriptor *field) {
    const Reflection &r = *message.GetReflection();
    switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return r.SetInt32(&message, field, int32_t(number()));
    case FieldDescriptor::CPPTYPE_INT64:
      return r.SetInt64(&message, field, number());
    case FieldDescriptor::CPPTYPE_UINT64:
      return r.SetUInt64(&message, field, uint64_t(number()));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return r.SetFloat(&message, field, float(number()));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return r.SetDouble(&message, field, double(number()));
    case FieldDescriptor::CPPTYPE_ENUM:
      return r.SetEnumValue(&message, field, int(pick(30)));
    case FieldDescriptor::CPPTYPE_STRING:
      return r.SetString(&message, field, text());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (std::unique_ptr<Message> other = copyLike(field->message_type()))
        r.MutableMessage(&message, field)->CopyFrom(*other);
      return;
    default:
      return;
    }
  }

  void mutateList(Message &message, const FieldDescriptor *field) {
    const Reflection &r = *message.GetReflection();
    int count = r.FieldSize(message, field);
    switch (pick(4)) {
    case 0:
      if (count)
        r.SwapElements(&message, field, int(pick(count)), int(pick(count)));
      return;
    case 1:
      if (count)
        r.RemoveLast(&message, field);
      return;
    default:
      appendTo(message, field);
    }
  }

  void appendTo(Message &message, const FieldDescriptor *field) {
    const Reflection &r = *message.GetReflection();
    switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return r.AddInt32(&message, field, int32_t(number()));
    case FieldDescriptor::CPPTYPE_INT64:
      return r.AddInt64(&message, field, number());
    case FieldDescriptor::CPPTYPE_FLOAT:
      return r.AddFloat(&message, field, float(number()));
    case FieldDescriptor::CPPTYPE_STRING:
      return r.AddString(&message, field, text());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (std::unique_ptr<Message> other = copyLike(field->message_type()))
        r.AddMessage(&message, field)->CopyFrom(*other);
      return;
    default:
      return;
    }
  }

  /// A copy, because the original may lie inside what it replaces, or around it.
  std::unique_ptr<Message> copyLike(const google::protobuf::Descriptor *type) {
    for (int tries = 0; tries < 16; ++tries) {
      const Message &from = *messages[pick(messages.size())];
      if (from.GetDescriptor() != type || from.ByteSizeLong() > maxCopy)
        continue;
      std::unique_ptr<Message> copy(from.New());
      copy->CopyFrom(from);
      return copy;
    }
    return nullptr;
  }

  static constexpr size_t maxCopy = 1 << 16;

  Message &root;
  std::mt19937 random;
  std::vector<Message *> messages;
  std::vector<std::string> strings;
};

} // namespace

/// ONNX's own classes are built without reflection, so the messages are made from its description.
static const Message *getModelPrototype() {
  static google::protobuf::DescriptorPool pool;
  static google::protobuf::DynamicMessageFactory factory;
  google::protobuf::FileDescriptorSet files;
  std::ifstream file(DSC_ONNX_DESCRIPTION, std::ios::binary);
  if (!files.ParseFromIstream(&file) || files.file_size() != 1 || !pool.BuildFile(files.file(0)))
    return nullptr;
  const google::protobuf::Descriptor *type = pool.FindMessageTypeByName("onnx.ModelProto");
  return type ? factory.GetPrototype(type) : nullptr;
}

bool mutateModel(std::string &bytes, uint32_t seed) {
  static const Message *const prototype = getModelPrototype();
  std::unique_ptr<Message> model(prototype ? prototype->New() : nullptr);
  if (!model || !model->ParseFromString(bytes))
    return false;
  Mutator(*model, seed).mutate();
  bytes = model->SerializeAsString();
  return true;
}

} // namespace dsc::test
