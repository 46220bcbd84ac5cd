package dev.landfall.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Some seconds of one load, and what they cost the server. */
public record Round(Latencies latencies, CpuTime cpu) {

  /** Runs the load and looks at the server's clocks before and after it. */
  public static Round of(
      Load load, ServerUnderTest server, List<? extends Client> clients, Duration time)
      throws IOException {
    CpuTime before = CpuTime.of(server.pid());
    Latencies latencies = load.run(clients, time);
    return new Round(latencies, CpuTime.of(server.pid()).since(before));
  }

  /** Microseconds of processor time for each request. */
  public double cpuMicros() {
    return (double) cpu.total() / latencies.count();
  }

  /** Of them, those spent in the kernel. */
  public double kernelMicros() {
    return (double) cpu.kernel() / latencies.count();
  }

  /** Of them, those that compiling took. */
  public double compilingMicros() {
    return (double) cpu.compiling() / latencies.count();
  }

  /** Of them, those that collecting garbage took. */
  public double collectingMicros() {
    return (double) cpu.collecting() / latencies.count();
  }
}
