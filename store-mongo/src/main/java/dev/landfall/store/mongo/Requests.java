package dev.landfall.store.mongo;

import com.mongodb.MongoException;
import dev.landfall.api.store.StoreUnavailableException;
import java.util.function.Supplier;

/** Turns the driver's failures into ours. Their messages can hold documents, so they stay here. */
final class Requests {
  static final int DUPLICATE_KEY = 11_000;

  private Requests() {}

  /** What {@code request} gives. */
  static <T> T attempt(String operation, Supplier<T> request) {
    try {
      return whileOpen(operation, request);
    } catch (MongoException e) {
      throw unavailable(operation, e);
    }
  }

  /**
   * Whether it was the driver that failed, which has other exceptions than its own for an answer
   * that it cannot read.
   */
  private static boolean isOfDriver(RuntimeException failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    for (StackTraceElement element : trace) {
      String name = element.getClassName();
      if (name.startsWith("com.mongodb.") || name.startsWith("org.bson.")) {
        return true;
      }
      if (!name.startsWith("java.")) {
        return false;
      }
    }
    return false;
  }

  /** What {@code request} gives; a {@link MongoException} is left to the caller. */
  static <T> T whileOpen(String operation, Supplier<T> request) {
    try {
      return request.get();
    } catch (MongoException e) {
      throw e;
    } catch (IllegalStateException e) {
      throw new StoreUnavailableException(operation + ": the store is closed");
    } catch (RuntimeException e) {
      if (isOfDriver(e)) {
        throw new StoreUnavailableException(operation + ": " + e.getClass().getSimpleName());
      }
      throw e;
    }
  }

  static StoreUnavailableException unavailable(String operation, MongoException failure) {
    return new StoreUnavailableException(operation + ": " + kind(failure));
  }

  /** What {@code failure} is, without its message. */
  static String kind(MongoException failure) {
    String code = failure.getCode() > 0 ? " " + failure.getCode() : "";
    return failure.getClass().getSimpleName() + code;
  }
}
