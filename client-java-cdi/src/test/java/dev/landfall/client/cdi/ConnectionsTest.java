package dev.landfall.client.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.json.JsonObject;
import dev.landfall.client.Codec;
import dev.landfall.client.Connection;
import dev.landfall.client.ReplicaEvent;
import dev.landfall.client.SyncedCollection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Connections in a container. */
class ConnectionsTest {
  private static final JsonObject MILK = JsonObject.builder().put("title", "Milk").build();

  /** How this application connects. */
  @ApplicationScoped
  public static class Setup implements ConnectionSetup {
    @Override
    public Connection.Builder open(String application) {
      return Connection.builder(URI.create("http://127.0.0.1:1"), application).liveHints(false);
    }
  }

  /** Somebody who writes. */
  @Dependent
  public static class Writer {
    @Inject
    @Replica("todo")
    Connection todo;

    @Inject
    @Replica("diary")
    Connection diary;
  }

  /** Somebody who hears. */
  @ApplicationScoped
  public static class Listener {
    final List<ReplicaEvent> heard = new CopyOnWriteArrayList<>();

    void revoked(@Observes ReplicaEvent.Revoked event) {
      heard.add(event);
    }

    List<ReplicaEvent> heard() {
      return heard;
    }
  }

  private static SeContainer container() {
    return SeContainerInitializer.newInstance()
        .disableDiscovery()
        .addBeanClasses(Connections.class, Setup.class, Writer.class, Listener.class)
        .initialize();
  }

  @Test
  void allWhoAskForOneApplicationShareAConnectionThatEndsWithTheContainer() {
    Connection todo;
    try (SeContainer container = container()) {
      Writer one = container.select(Writer.class).get();
      Writer other = container.select(Writer.class).get();
      todo = one.todo;

      assertThat(other.todo).isSameAs(todo);
      assertThat(one.diary).isNotSameAs(todo);
      SyncedCollection<JsonObject> tasks = todo.collection("tasks", Codec.JSON);
      String key = tasks.put(MILK).name();
      assertThat(tasks.get(key)).contains(MILK);
    }

    Connection closed = todo;
    assertThatThrownBy(() -> closed.collection("others", Codec.JSON))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatHappensIsAnEvent() {
    try (SeContainer container = container()) {
      Set<String> names = Set.of("milk");

      container.getBeanManager().getEvent().fire(new ReplicaEvent.Revoked("tasks", names));

      assertThat(container.select(Listener.class).get().heard())
          .containsExactly(new ReplicaEvent.Revoked("tasks", names));
    }
  }
}
