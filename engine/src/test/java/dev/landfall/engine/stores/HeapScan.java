package dev.landfall.engine.stores;

import dev.landfall.api.Bytes;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks through everything that an object holds. */
final class HeapScan {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> left = new ArrayDeque<>();

  /** Whether {@code text} stands in a string or among bytes that can be reached from there. */
  static boolean holds(Object root, String text) {
    return new HeapScan().search(root, text);
  }

  private boolean search(Object root, String text) {
    visit(root);
    while (!left.isEmpty()) {
      Object next = left.remove();
      if (next instanceof String string) {
        if (string.contains(text)) {
          return true;
        }
      } else if (next instanceof Bytes bytes) {
        if (bytes.contains(text)) {
          return true;
        }
      } else if (next instanceof Map<?, ?> map) {
        map.forEach(
            (key, value) -> {
              visit(key);
              visit(value);
            });
      } else if (next instanceof Iterable<?> all) {
        all.forEach(this::visit);
      } else if (next instanceof Optional<?> one) {
        one.ifPresent(this::visit);
      } else if (next.getClass().isArray()) {
        for (int i = 0; i < Array.getLength(next); i++) {
          visit(Array.get(next, i));
        }
      } else if (next.getClass().getName().startsWith("dev.landfall")) {
        fields(next);
      }
    }
    return false;
  }

  private void fields(Object object) {
    for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          field.setAccessible(true);
          try {
            visit(field.get(object));
          } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
          }
        }
      }
      if (object instanceof Enum<?>) {
        return;
      }
    }
  }

  private void visit(Object object) {
    if (object != null && seen.add(object)) {
      left.add(object);
    }
  }
}
