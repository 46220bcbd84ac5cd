package dev.landfall.benchmarks;

import dev.landfall.engine.text.TextMerge;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The line merge of two edits of a text: a usual one, and those that cost the most. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgs = "-XX:+UseSerialGC")
public class TextMergeBenchmark {
  /** What is merged. */
  public enum Texts {
    /** A hundred lines; each side has edited one and added one. */
    NOTE(100, 1, number -> "line " + number + " of a note that somebody writes"),
    /** The most edits that merge: the merged text is a thousand inserted or deleted lines away. */
    MANY_EDITS(4_096, 250, number -> "line " + number),
    /** Each side is at the limit and the merged text beyond it: three searches for nothing. */
    GIVES_UP(4_096, 500, number -> "line " + number),
    /** The same with lines of one hash code. */
    ONE_HASH(4_096, 500, TextMergeBenchmark::lineOfOneHash),
    /** The longest text there is. */
    LONGEST(8_192, 1, number -> "line " + number + " " + "x".repeat(52));

    private final String base;
    private final String local;
    private final String remote;

    Texts(int lines, int edits, IntFunction<String> line) {
      int stride = Math.max(1, lines / 2 / edits);
      this.base = text(lines, line, number -> false);
      this.local = text(lines, line, number -> number < lines / 2 && number % stride == stride / 2);
      this.remote =
          text(lines, line, number -> number >= lines / 2 && number % stride == stride / 2);
    }

    private static String text(
        int lines, IntFunction<String> line, java.util.function.IntPredicate edited) {
      return IntStream.range(0, lines)
          .mapToObj(number -> (edited.test(number) ? "edit of " + number : line.apply(number)))
          .collect(Collectors.joining("\n", "", "\n"));
    }
  }

  /** What is merged. */
  @Param public Texts texts = Texts.NOTE;

  /** "Aa" and "BB" have one hash code, and so have all strings made of so many of them. */
  private static String lineOfOneHash(int number) {
    return IntStream.range(0, 12)
        .mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB")
        .collect(Collectors.joining());
  }

  /** Makes sure that each text is the case it stands for. */
  @Setup
  public void check() {
    boolean merges = merge().isPresent();
    if (merges != (texts != Texts.GIVES_UP && texts != Texts.ONE_HASH)) {
      throw new IllegalStateException(texts + (merges ? " merges" : " does not merge"));
    }
  }

  /** Merges. */
  @Benchmark
  public Optional<String> merge() {
    return TextMerge.merge(texts.base, texts.local, texts.remote, TextMerge.Detail.LINES);
  }
}
