package dev.landfall.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A hash table of keys that a client has made to collide is a search in a tree if the keys have an
 * order, and a search in a list if not.
 */
class KeysOfTablesTest {
  private static final JavaClasses LANDFALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(
              "dev.landfall.api",
              "dev.landfall.engine",
              "dev.landfall.store",
              "dev.landfall.webapp");

  /** Made of our own words, or told apart by identity. */
  private static final Set<String> CHOSEN_BY_NOBODY =
      Set.of(
          "dev.landfall.webapp.telemetry.Telemetry$Request", "dev.landfall.engine.atom.AtomChange");

  @Test
  void whatIsAKeyOfATableHasAnOrder() {
    Set<String> without = new TreeSet<>();
    for (JavaClass one : LANDFALL) {
      List<JavaType> types = new ArrayList<>();
      one.getFields().forEach(field -> types.add(field.getType()));
      for (JavaMethod method : one.getMethods()) {
        types.add(method.getReturnType());
        types.addAll(method.getParameterTypes());
      }
      for (JavaType type : types) {
        if (type instanceof JavaParameterizedType table && isTable(table)) {
          JavaClass key = table.getActualTypeArguments().get(0).toErasure();
          if (key.isRecord() && !key.isAssignableTo(Comparable.class)) {
            without.add(key.getName());
          }
        }
      }
    }

    without.removeAll(CHOSEN_BY_NOBODY);
    assertThat(without).isEmpty();
  }

  private static boolean isTable(JavaParameterizedType type) {
    return type.toErasure().isAssignableTo(Map.class) || type.toErasure().isAssignableTo(Set.class);
  }
}
