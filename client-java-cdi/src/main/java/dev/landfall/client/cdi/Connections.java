package dev.landfall.client.cdi;

import dev.landfall.client.Connection;
import dev.landfall.client.ReplicaEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.annotation.Annotation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The connections of this container, by application. What happens in their replicas is fired as an
 * event, on a thread of the connection: {@code void refused(@Observes ReplicaEvent.Refused event)}.
 */
@Singleton
public final class Connections {
  private final ConnectionSetup setup;
  private final Event<ReplicaEvent> events;
  private final Map<String, Connection> open = new LinkedHashMap<>();
  private boolean closed;

  /** With the application's word on how they are to be. */
  @Inject
  public Connections(ConnectionSetup setup, Event<ReplicaEvent> events) {
    this.setup = setup;
    this.events = events;
  }

  /**
   * The connection of an application.
   *
   * @throws IllegalStateException if the container is being shut down
   */
  public synchronized Connection of(String application) {
    if (closed) {
      throw new IllegalStateException("the container is being shut down");
    }
    return open.computeIfAbsent(
        application, name -> setup.open(name).onEvent(events::fire).connect());
  }

  /** What stands in the place of a {@link Replica}. */
  @Produces
  @Replica("")
  Connection connection(InjectionPoint place) {
    for (Annotation one : place.getQualifiers()) {
      if (one instanceof Replica replica) {
        return of(replica.value());
      }
    }
    throw new IllegalStateException("there is no @Replica at " + place);
  }

  @PreDestroy
  synchronized void close() {
    closed = true;
    open.values().forEach(Connection::close);
    open.clear();
  }
}
