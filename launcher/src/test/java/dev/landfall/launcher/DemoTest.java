package dev.landfall.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoTest {
  @Test
  void aDemoTouchesNoStoreThatSomebodyHas() {
    assertThat(Demo.obstacles(Map.of("landfall.store", "sqlite")::get))
        .singleElement()
        .asString()
        .startsWith("landfall.store: ");
    assertThat(
            Demo.obstacles(
                Map.of("landfall.sqlite.file", "a.db", "landfall.mongo.uri", "mongodb://a")::get))
        .hasSize(2);
    assertThat(Demo.obstacles(Map.of("landfall.applications.file", "apps.json")::get)).hasSize(1);
  }

  @Test
  void nothingElseKeepsItFromStarting() {
    assertThat(Demo.obstacles(Map.of("landfall.store", "memory")::get)).isEmpty();
    assertThat(Demo.obstacles(Map.of("landfall.http.port", "9999")::get)).isEmpty();
  }
}
