package dev.landfall.client;

import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.Locale;

/**
 * A field of a document, as the method that gives it: {@code Task::title} is {@code title}, {@code
 * Task::getTitle} too, {@code Task::isDone} is {@code done}. A codec that has other names for
 * fields needs them as texts.
 *
 * @param <T> what a document is
 * @param <V> what the field is
 */
@FunctionalInterface
public interface Field<T, V> extends Serializable {
  /** Reads it. */
  V of(T document);

  /**
   * Its name.
   *
   * @throws IllegalArgumentException if this is no reference to a method, or is of a module that
   *     does not open its package to this one
   */
  default String name() {
    String method;
    try {
      Method form = getClass().getDeclaredMethod("writeReplace");
      form.setAccessible(true);
      method = ((SerializedLambda) form.invoke(this)).getImplMethodName();
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalArgumentException(
          "it cannot be told which field this is; give its name as a text", e);
    }
    if (method.startsWith("lambda$")) {
      throw new IllegalArgumentException(
          "a field is a reference to a method, as Task::title; give its name as a text");
    }
    for (String prefix : new String[] {"get", "is"}) {
      int start = prefix.length();
      if (method.startsWith(prefix)
          && method.length() > start
          && Character.isUpperCase(method.charAt(start))) {
        return method.substring(start, start + 1).toLowerCase(Locale.ROOT)
            + method.substring(start + 1);
      }
    }
    return method;
  }
}
