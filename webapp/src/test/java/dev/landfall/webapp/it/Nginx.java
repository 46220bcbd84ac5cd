package dev.landfall.webapp.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The proxy that most people have, configured as docs/reverse-proxy.md says. */
final class Nginx implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
  private static final int PATIENCE_SECONDS = 60;

  private final Path home;
  private final Process process;
  private final int port;

  private Nginx(Path home, Process process, int port) {
    this.home = home;
    this.process = process;
    this.port = port;
  }

  /** Whether there is one; if not, that is printed. */
  static boolean isThere() {
    boolean there = Files.isExecutable(PROGRAM);
    if (!there) {
      System.out.println("There is no nginx: the tests behind a proxy are left out.");
    }
    return there;
  }

  /** Starts one before the server at that port: at its root and, with a prefix, below a path. */
  static Nginx before(int server, String prefix) throws IOException {
    Path home = Files.createTempDirectory("nginx");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String headers =
        """
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Connection "";
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_read_timeout 120s;
            proxy_request_buffering off;
        """;
    Files.writeString(
        home.resolve("nginx.conf"),
        """
        daemon off;
        master_process off;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        events {}
        http {
          access_log off;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          client_max_body_size 64m;
          server {
            listen 127.0.0.1:%2$d;
            location / {
              proxy_pass http://127.0.0.1:%3$d;
        %4$s
            }
            location %5$s/ {
              proxy_pass http://127.0.0.1:%3$d/;
              proxy_set_header X-Forwarded-Prefix %5$s;
        %4$s
            }
          }
        }
        """
            .formatted(home, port, server, headers, prefix));
    Process process =
        new ProcessBuilder(
                List.of(
                    PROGRAM.toString(),
                    "-p",
                    home.toString(),
                    "-e",
                    home.resolve("error.log").toString(),
                    "-c",
                    home.resolve("nginx.conf").toString()))
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("console.log").toFile())
            .start();
    Nginx nginx = new Nginx(home, process, port);
    nginx.awaitOpen();
    return nginx;
  }

  private void awaitOpen() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException closed) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "nginx does not start: " + Files.readString(home.resolve("console.log")), closed);
        }
        Thread.onSpinWait();
      }
    }
  }

  /** Where it is, without a slash at the end. */
  String address() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
