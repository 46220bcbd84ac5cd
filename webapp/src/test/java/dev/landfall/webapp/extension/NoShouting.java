package dev.landfall.webapp.extension;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.engine.commit.DocumentSchema.DocumentValidator;
import dev.landfall.engine.commit.DocumentSchema.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Titles end without an exclamation mark. The example of docs/extending.md. */
@ApplicationScoped
public class NoShouting implements DocumentValidator {
  @Override
  public List<Violation> violations(
      ApplicationName application, CollectionName collection, JsonObject document) {
    return document.get("title") instanceof JsonString title && title.value().endsWith("!")
        ? List.of(new Violation("title", "must not end with an exclamation mark"))
        : List.of();
  }
}
