package dev.landfall.benchmarks.load;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The server's API, for all that is not measured, and the form of requests that are. */
public final class Api {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;
  private final String syncPath;
  private final String searchPath;

  /** The API of the server at {@code port}, for one of its applications. */
  public Api(int port, String application) {
    this.port = port;
    this.syncPath = "/" + application + "/sync";
    this.searchPath = "/" + application + "/search";
  }

  /** Signs a user in for development; the token. */
  String signIn(String name) throws IOException, InterruptedException {
    byte[] body = JsonText.bytes(JsonObject.builder().put("name", name).build()).toArray();
    return text(json(send("POST", "/auth/dev", "", body)), "token");
  }

  /** A sync that is not measured; the body of the answer. */
  byte[] sync(String token, byte[] body) throws IOException, InterruptedException {
    return send("POST", syncPath, token, body);
  }

  /** Tells the echo what to answer under a name. */
  void setEcho(String name, byte[] answer) throws IOException, InterruptedException {
    send("PUT", "/echo/" + name, "", answer);
  }

  private byte[] send(String method, String path, String token, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(path + ": " + new String(response.body(), StandardCharsets.UTF_8));
    }
    return response.body();
  }

  /** A sync as it goes over a connection that is measured. */
  ByteBuffer syncRequest(String token, byte[] body) {
    return request(syncPath, token, body);
  }

  /** The same for a search. */
  ByteBuffer searchRequest(String token, byte[] body) {
    return request(searchPath, token, body);
  }

  /** The same for the echo of that name. */
  ByteBuffer echoRequest(String name, String token, byte[] body) {
    return request("/echo/" + name, token, body);
  }

  private ByteBuffer request(String path, String token, byte[] body) {
    byte[] head =
        ("POST "
                + path
                + " HTTP/1.1\r\nHost: 127.0.0.1:"
                + port
                + "\r\nAuthorization: Bearer "
                + token
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(head.length + body.length).put(head).put(body).flip();
  }

  static JsonObject json(byte[] text) throws IOException {
    try {
      if (JsonText.parse(text) instanceof JsonObject object) {
        return object;
      }
    } catch (JsonFormatException e) {
      throw new IOException("an answer that is not JSON", e);
    }
    throw new IOException("an answer that is not an object");
  }

  static String text(JsonObject object, String name) throws IOException {
    JsonValue value = object.get(name);
    if (value instanceof JsonString string) {
      return string.value();
    }
    throw new IOException("an answer without " + name);
  }
}
