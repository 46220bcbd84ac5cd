package dev.landfall.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Room on the disk that is kept for deletions: a file beside the database, which is deleted when
 * the disk is full and a deletion needs the room, and made anew when there is enough again. On a
 * small disk it is a sixteenth of it. For one thread at a time.
 */
final class Reserve {
  /** The most bytes of it. */
  private static final long MAX = 8L << 20;

  private static final int SHARE_OF_DISK = 16;
  private static final int PIECE = 64 * 1024;

  private final Path database;
  private final Path file;
  private final boolean wanted;
  private boolean whole;

  private Reserve(Path database, boolean wanted) {
    this.database = database;
    this.file = database.resolveSibling(database.getFileName() + "-reserve");
    this.wanted = wanted;
  }

  /** The reserve of a database that a server works on. */
  static Reserve beside(Path database) {
    return new Reserve(database, true);
  }

  /** One that takes up no room, and gives what there is to nobody. */
  static Reserve none(Path database) {
    return new Reserve(database, false);
  }

  /**
   * Makes it if it is missing and there would be as much room left besides; whether it is there.
   */
  boolean keep() {
    if (whole || !wanted) {
      return true;
    }
    try {
      FileStore disk = disk();
      long size = size(disk);
      if (Files.exists(file) && Files.size(file) > 0) {
        whole = true;
      } else if (disk.getUsableSpace() >= 2 * size) {
        fill(size);
        whole = true;
      }
    } catch (IOException e) {
      release(); // the disk is full, or becomes it just now
    }
    return whole;
  }

  private void fill(long size) throws IOException {
    byte[] noise = new byte[PIECE]; // some file systems store nothing for zeros
    new Random(size).nextBytes(noise);
    try (FileChannel channel = PrivateFile.open(file)) {
      channel.truncate(0);
      for (long written = 0; written < size; ) {
        written += channel.write(ByteBuffer.wrap(noise));
      }
    }
  }

  /** Gives the room to whoever asks for it next; whether there was any. */
  boolean release() {
    whole = false;
    try {
      return wanted && Files.deleteIfExists(file);
    } catch (IOException e) {
      return false; // so there is no more room than before
    }
  }

  /**
   * Whether the disk has room for more than deletions.
   *
   * @param comfortably whether a little is not enough
   */
  boolean leavesRoom(boolean comfortably) {
    try {
      FileStore disk = disk();
      return disk.getUsableSpace() >= size(disk) / (comfortably ? 1 : 4);
    } catch (IOException e) {
      return true; // not known; writing will show
    }
  }

  private FileStore disk() throws IOException {
    return Files.getFileStore(database);
  }

  private static long size(FileStore disk) throws IOException {
    return Math.min(MAX, disk.getTotalSpace() / SHARE_OF_DISK);
  }
}
