package dev.landfall.store.tck;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * A folder that the disk never sees, for tests of what a store answers. Those of what survives on
 * the disk do not take it. Where there is no such folder, or little room in it, it is an ordinary
 * one.
 */
public final class FolderInMemory implements TempDirFactory {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long ENOUGH = 1L << 30;

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    return create();
  }

  /** Makes one; who does deletes it. */
  public static Path create() throws IOException {
    return Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= ENOUGH
        ? Files.createTempDirectory(MEMORY, "landfall")
        : Files.createTempDirectory("landfall");
  }
}
