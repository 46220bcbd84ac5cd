package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.webapp.it.Caller.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Files larger than the memory of the server, as they are and not compressed. */
class LargeTransferIT {
  private static final int TEXT = 1_000_000;
  private static final int DOCUMENTS = 270; // with their text more than 256 MiB
  private static final long LIMIT = 275_000_000;

  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    server =
        new TestServer(
            "large-transfer",
            Map.of(
                "landfall.store", "sqlite", "landfall.limits.import-bytes", Long.toString(LIMIT)));
    server.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Lines of documents with the same text, made while they are read. */
  private static InputStream lines(int documents) {
    byte[] text = "x".repeat(TEXT).getBytes(StandardCharsets.US_ASCII);
    Enumeration<InputStream> parts =
        new Enumeration<>() {
          private int next;

          @Override
          public boolean hasMoreElements() {
            return next < 3 * documents;
          }

          @Override
          public InputStream nextElement() {
            int document = next / 3;
            int part = next % 3;
            next++;
            return new ByteArrayInputStream(
                switch (part) {
                  case 0 ->
                      ("{\"type\":\"doc\",\"app\":\"planner\",\"collection\":\"items\",\"doc\":"
                              + "{\"_key\":\"k"
                              + document
                              + "\",\"text\":\"")
                          .getBytes(StandardCharsets.US_ASCII);
                  case 1 -> text;
                  default -> "\"}}\n".getBytes(StandardCharsets.US_ASCII);
                });
          }
        };
    return new SequenceInputStream(parts);
  }

  /** Without a time limit: it takes as long as the machine takes. */
  private static HttpRequest.Builder request(Caller caller, String path) {
    return HttpRequest.newBuilder(server.uri(path))
        .header("Authorization", "Bearer " + caller.token());
  }

  private static Answer send(Caller caller, BodyPublisher body) {
    return caller.send(
        request(caller, "/account/import")
            .header("Content-Type", "application/x-ndjson")
            .POST(body)
            .build());
  }

  @Test
  void moreThanAQuarterOfAGibibyteComesAndGoesUncompressed() throws Exception {
    Caller alice = Caller.newUser(server);

    Answer imported = send(alice, BodyPublishers.ofInputStream(() -> lines(DOCUMENTS)));

    assertThat(imported.status()).as(imported.toString()).isEqualTo(200);
    assertThat(imported.toString()).contains("\"documents\":" + DOCUMENTS);
    HttpRequest export =
        request(alice, "/account/export").header("Accept", "application/x-ndjson").build();
    HttpResponse<InputStream> answer =
        HttpClient.newHttpClient().send(export, HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(length(answer.body())).isGreaterThan(256L * 1024 * 1024);
  }

  @Test
  void anImportAboveTheLimitIsAnsweredWithItsReason() {
    Caller bob = Caller.newUser(server);
    int tooMany = (int) (LIMIT / TEXT) + 1;

    Answer counted = send(bob, BodyPublishers.ofInputStream(() -> lines(tooMany)));
    Answer announced =
        send(
            bob,
            BodyPublishers.fromPublisher(
                BodyPublishers.ofInputStream(() -> lines(tooMany)), length(lines(tooMany))));

    for (Answer answer : List.of(counted, announced)) {
      assertThat(answer.status()).as(answer.toString()).isEqualTo(413);
      assertThat(answer.text("code")).isEqualTo("too_large");
      assertThat(answer.text("error")).contains(Long.toString(LIMIT));
    }
  }

  private static long length(InputStream in) {
    try (in) {
      long length = 0;
      byte[] piece = new byte[1 << 16];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        length += n;
      }
      return length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
