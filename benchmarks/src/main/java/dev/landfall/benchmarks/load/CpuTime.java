package dev.landfall.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The processor time a process has used, as Linux counts it: user and system, of all its threads.
 *
 * @param total in microseconds
 * @param kernel of it in the kernel: sockets, files, waking other threads
 * @param compiling of it by the threads that compile Java
 * @param collecting of it by those that collect garbage; with the serial collector, the VM's own
 */
public record CpuTime(long total, long kernel, long compiling, long collecting) {
  /** What one unit in /proc is: the kernel shows a hundredth of a second on every machine. */
  private static final long TICK = 10_000;

  /** The time up to now. */
  public static CpuTime of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    long compiling = 0;
    long collecting = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
      for (Path thread : threads) {
        Stat stat;
        try {
          stat = Stat.read(thread);
        } catch (IOException ended) {
          continue; // no such file, or, once it was opened, no such process
        }
        if (stat.name().startsWith("C1 ") || stat.name().startsWith("C2 ")) {
          compiling += stat.micros();
        } else if (stat.name().startsWith("VM Thread")
            || stat.name().startsWith("GC ")
            || stat.name().startsWith("G1 ")) {
          collecting += stat.micros();
        }
      }
    }
    Stat whole = Stat.read(process);
    return new CpuTime(whole.micros(), whole.kernelMicros(), compiling, collecting);
  }

  /** What has been used since {@code before}. */
  public CpuTime since(CpuTime before) {
    return new CpuTime(
        total - before.total,
        kernel - before.kernel,
        Math.max(0, compiling - before.compiling),
        Math.max(0, collecting - before.collecting));
  }

  private record Stat(String name, long micros, long kernelMicros) {
    static Stat read(Path folder) throws IOException {
      String text = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
      int end = text.lastIndexOf(')');
      String[] fields = text.substring(end + 2).split(" ");
      long user = Long.parseLong(fields[11]) * TICK;
      long kernel = Long.parseLong(fields[12]) * TICK;
      return new Stat(text.substring(text.indexOf('(') + 1, end), user + kernel, kernel);
    }
  }
}
