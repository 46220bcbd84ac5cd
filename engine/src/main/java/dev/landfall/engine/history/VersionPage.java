package dev.landfall.engine.history;

import java.util.List;

/**
 * Some versions of a document.
 *
 * @param versions newest first
 * @param more whether older ones follow
 */
public record VersionPage(List<DocumentVersion> versions, boolean more) {
  public VersionPage {
    versions = List.copyOf(versions);
  }
}
