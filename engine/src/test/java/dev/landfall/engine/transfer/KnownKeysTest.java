package dev.landfall.engine.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import org.junit.jupiter.api.Test;

class KnownKeysTest {
  private static final ApplicationName TODO = new ApplicationName("todo");
  private static final CollectionName TASKS = new CollectionName("tasks");

  private static boolean add(KnownKeys keys, int key) {
    return keys.add(TODO, TASKS, new DocumentKey("k" + key));
  }

  @Test
  void eachDocumentIsNewOnce() {
    KnownKeys keys = new KnownKeys(1_000_000);
    for (int i = 0; i < 100_000; i++) {
      assertThat(add(keys, i)).isTrue();
    }

    for (int i = 0; i < 100_000; i++) {
      assertThat(add(keys, i)).isFalse();
    }
    assertThat(keys.size()).isEqualTo(100_000);
  }

  @Test
  void theSameKeyElsewhereIsAnotherDocument() {
    KnownKeys keys = new KnownKeys(10);
    DocumentKey key = new DocumentKey("b");

    assertThat(keys.add(TODO, new CollectionName("a"), key)).isTrue();
    assertThat(keys.add(TODO, new CollectionName("ab"), key)).isTrue();
    assertThat(keys.add(new ApplicationName("todoa"), new CollectionName("b"), key)).isTrue();
    assertThat(keys.add(TODO, new CollectionName("a"), new DocumentKey("bb"))).isTrue();
  }

  @Test
  void whatIsMetWhenItIsFullStaysNew() {
    KnownKeys keys = new KnownKeys(2);
    add(keys, 1);
    add(keys, 2);

    assertThat(add(keys, 3)).isTrue();
    assertThat(add(keys, 3)).isTrue();
    assertThat(add(keys, 1)).isFalse();
  }
}
