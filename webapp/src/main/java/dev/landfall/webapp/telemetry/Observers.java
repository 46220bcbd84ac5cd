package dev.landfall.webapp.telemetry;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.merge.Conflict;
import java.util.List;
import java.util.Set;

/** Tells several observers, in order. */
public record Observers(List<EngineObserver> all) implements EngineObserver {
  public Observers {
    all = List.copyOf(all);
  }

  @Override
  public void committed(
      ApplicationName application, long number, int requests, int documents, Set<Feed> feeds) {
    for (EngineObserver one : all) {
      one.committed(application, number, requests, documents, feeds);
    }
  }

  @Override
  public void clashed(ApplicationName application) {
    for (EngineObserver one : all) {
      one.clashed(application);
    }
  }

  @Override
  public void conflict(ApplicationName application, Conflict conflict) {
    for (EngineObserver one : all) {
      one.conflict(application, conflict);
    }
  }

  @Override
  public void rejected(ApplicationName application, String code) {
    for (EngineObserver one : all) {
      one.rejected(application, code);
    }
  }
}
