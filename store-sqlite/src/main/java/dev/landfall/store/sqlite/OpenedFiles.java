package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The database file and its write-ahead log as they were opened. A process goes on writing to files
 * that have lost their name, and everything it writes is lost with it; so before and after each
 * write it is looked whether the names still stand for the same files.
 */
final class OpenedFiles {
  private final Path file;
  private final Path wal;
  private final @Nullable Object fileKey;
  private final @Nullable Object walKey;

  private OpenedFiles(Path file, Path wal, @Nullable Object fileKey, @Nullable Object walKey) {
    this.file = file;
    this.wal = wal;
    this.fileKey = fileKey;
    this.walKey = walKey;
  }

  /** The files under these names now. They have to stay open: a number may be used again. */
  static OpenedFiles of(Path file, Path wal) {
    try {
      return new OpenedFiles(file, wal, attributes(file).fileKey(), attributes(wal).fileKey());
    } catch (IOException e) {
      throw new StoreUnavailableException("look at " + file, e);
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class);
  }

  /**
   * Finds that both are still there. Where files have no number (Windows), that there are files of
   * these names, which cannot be deleted while they are open.
   *
   * @throws StoreUnavailableException if they are not
   */
  void check(String operation) {
    try {
      BasicFileAttributes found = attributes(file);
      if (found.size() == 0 || isOther(fileKey, found)) {
        throw gone(operation, file);
      }
      if (isOther(walKey, attributes(wal))) {
        throw gone(operation, wal);
      }
    } catch (NoSuchFileException e) {
      throw gone(operation, Path.of(e.getFile()));
    } catch (IOException e) {
      throw new StoreUnavailableException(operation + ": look at " + file, e);
    }
  }

  private static boolean isOther(@Nullable Object key, BasicFileAttributes found) {
    return key != null && !key.equals(found.fileKey());
  }

  private static StoreUnavailableException gone(String operation, Path path) {
    return new StoreUnavailableException(
        StoreUnavailableException.Reason.GONE,
        operation + ": '" + path + "' was deleted, emptied or replaced while it was open");
  }
}
