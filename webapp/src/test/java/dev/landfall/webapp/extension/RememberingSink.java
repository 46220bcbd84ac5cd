package dev.landfall.webapp.extension;

import dev.landfall.engine.audit.AuditEntry;
import dev.landfall.webapp.audit.AuditSink;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it is told. */
@ApplicationScoped
public class RememberingSink implements AuditSink {
  private final List<String> told = new CopyOnWriteArrayList<>();

  @Override
  public void noted(AuditEntry entry) {
    told.add(entry.what());
  }

  List<String> told() {
    return told;
  }
}
