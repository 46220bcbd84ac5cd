package dev.landfall.store.tck;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A disk that a test fills up: a file system of a few megabytes in memory, where the operating
 * system lets this process mount one. Elsewhere it is a folder that is never full, unless the test
 * does something about it.
 */
public final class SmallDisk implements AutoCloseable {
  private final Path folder;
  private final boolean real;
  private volatile boolean full;

  private SmallDisk(Path folder, boolean real) {
    this.folder = folder;
    this.real = real;
  }

  /** A disk whose files are in {@code folder}, which is empty. */
  public static SmallDisk in(Path folder) {
    return new SmallDisk(
        folder, run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.toString()));
  }

  private static boolean run(String... command) {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // there is no such command
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether it is one. */
  public boolean isReal() {
    return real;
  }

  /** Whether it is, or should be, full. */
  public boolean isFull() {
    return full;
  }

  /** A file on it. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /** Leaves not one byte. */
  public void fill() {
    full = true;
    if (real) {
      try (OutputStream ballast = Files.newOutputStream(file("ballast"))) {
        for (int size = 64 * 1024; size > 0; size /= 2) {
          fill(ballast, new byte[size]);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void fill(OutputStream ballast, byte[] piece) {
    try {
      while (true) {
        ballast.write(piece);
      }
    } catch (IOException e) {
      // There is less room than this.
    }
  }

  /** Makes room again. */
  public void empty() {
    full = false;
    try {
      Files.deleteIfExists(file("ballast"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (real) {
      run("umount", folder.toString());
    }
  }
}
