package dev.landfall.store.sqlite;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** A connection whose statements a test can prevent, or let fail once they have been done. */
final class TamperedConnection {
  private TamperedConnection() {}

  /** What a test does to statements. */
  interface Tampering {
    /** Whether {@code sql} is left out as if it had been done. */
    default boolean leavesOut(String sql) {
      return false;
    }

    /** Fails, if {@code sql} is to fail before it is done. */
    default void before(String sql) throws SQLException {}

    /** Fails, if {@code sql} is to fail after it has been done. */
    default void after(String sql) throws SQLException {}
  }

  static Connection of(Connection connection, Tampering tampering) {
    return proxy(
        Connection.class,
        connection,
        (name, arguments, result) -> {
          if (name.equals("prepareStatement")) {
            String sql = (String) arguments[0];
            return statement(PreparedStatement.class, (PreparedStatement) result, sql, tampering);
          }
          if (name.equals("createStatement")) {
            return statement(Statement.class, (Statement) result, "", tampering);
          }
          return result;
        },
        (name, arguments) -> false);
  }

  private static <S extends Statement> S statement(
      Class<S> type, S statement, String prepared, Tampering tampering) {
    return proxy(
        type,
        statement,
        (name, arguments, result) -> {
          if (name.startsWith("execute")) {
            tampering.after(sql(prepared, arguments));
          }
          return result;
        },
        (name, arguments) -> {
          if (!name.startsWith("execute")) {
            return false;
          }
          tampering.before(sql(prepared, arguments));
          return tampering.leavesOut(sql(prepared, arguments));
        });
  }

  private static String sql(String prepared, Object[] arguments) {
    return arguments == null ? prepared : (String) arguments[0];
  }

  private interface After {
    Object apply(String name, Object[] arguments, Object result) throws SQLException;
  }

  private interface Before {
    boolean leavesOut(String name, Object[] arguments) throws SQLException;
  }

  private static <T> T proxy(Class<T> type, T target, After after, Before before) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (before.leavesOut(method.getName(), arguments)) {
                return false;
              }
              try {
                Object result = method.invoke(target, arguments);
                return after.apply(method.getName(), arguments, result);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
