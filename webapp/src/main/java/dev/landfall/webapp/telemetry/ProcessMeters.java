package dev.landfall.webapp.telemetry;

import dev.landfall.webapp.telemetry.Meters.Label;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.RuntimeMXBean;
import java.lang.management.ThreadMXBean;

/** What the process takes, under the names that Prometheus' own clients use. */
final class ProcessMeters {
  private static final double MILLIS = 1e-3;
  private static final double NANOS = 1e-9;

  private ProcessMeters() {}

  /** Shows it from now on. */
  static void show(Meters meters) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    meters.gauge(
        "gauge",
        "jvm_memory_used_bytes",
        "Memory in use",
        () -> memory.getHeapMemoryUsage().getUsed(),
        new Label("area", "heap"));
    meters.gauge(
        "gauge",
        "jvm_memory_used_bytes",
        "Memory in use",
        () -> memory.getNonHeapMemoryUsage().getUsed(),
        new Label("area", "nonheap"));
    meters.gauge(
        "gauge",
        "jvm_memory_max_bytes",
        "Memory that may be used",
        () -> memory.getHeapMemoryUsage().getMax(),
        new Label("area", "heap"));
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    meters.gauge("gauge", "jvm_threads_current", "Threads", threads::getThreadCount);
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      meters.gauge(
          "counter",
          "jvm_gc_collection_seconds_total",
          "Time in collections of garbage",
          () -> collector.getCollectionTime() * MILLIS,
          new Label("gc", collector.getName()));
    }
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    meters.gauge(
        "gauge",
        "process_uptime_seconds",
        "Since the process has started",
        () -> runtime.getUptime() * MILLIS);
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      meters.gauge(
          "counter",
          "process_cpu_seconds_total",
          "Time of processors",
          () -> system.getProcessCpuTime() * NANOS);
    }
  }
}
