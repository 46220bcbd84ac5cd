package dev.landfall.webapp.http;

import dev.landfall.api.json.JsonWriter;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers, compressed where the client takes that and the body is large enough. Nothing is
 * sent before {@link #PIECE} bytes have gathered, so that an early failure can still be told as
 * one; after that the answer is broken off.
 */
@Provider
@Singleton
@Produces(MediaType.WILDCARD)
public class AnswerBodyWriter implements MessageBodyWriter<Answer> {
  /** How much is gathered before it is sent. */
  static final int PIECE = 32 * 1024;

  /** The smallest body that is worth compressing. */
  static final int WORTH_COMPRESSING = 1024;

  @SuppressWarnings("NullAway.Init") // by RESTEasy, of the request that is being answered
  @Context
  private HttpServletRequest request;

  @SuppressWarnings("NullAway.Init") // likewise
  @Context
  private HttpServletResponse response;

  @Override
  public boolean isWriteable(
      Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
    return Answer.class.isAssignableFrom(type);
  }

  @Override
  public void writeTo(
      Answer answer,
      Class<?> type,
      Type genericType,
      Annotation[] annotations,
      MediaType mediaType,
      MultivaluedMap<String, Object> headers,
      OutputStream out)
      throws IOException {
    answer.contentType().ifPresent(text -> headers.putSingle(HttpHeaders.CONTENT_TYPE, text));
    try {
      write(answer, headers, out, acceptsGzip(request.getHeader(HttpHeaders.ACCEPT_ENCODING)));
    } catch (RuntimeException | Error e) {
      if (response.isCommitted()) {
        BrokenAnswerFilter.note(request, e);
      }
      throw e;
    }
  }

  static void write(
      Answer answer, MultivaluedMap<String, Object> headers, OutputStream out, boolean mayCompress)
      throws IOException {
    Pieces pieces = new Pieces(headers, out, mayCompress && answer.isCompressible());
    answer.writeTo(pieces);
    pieces.finish();
  }

  /** Whether an Accept-Encoding header allows gzip. */
  static boolean acceptsGzip(@Nullable String header) {
    if (header == null) {
      return false;
    }
    for (String coding : header.split(",", 20)) {
      int semicolon = coding.indexOf(';');
      String name = (semicolon < 0 ? coding : coding.substring(0, semicolon)).strip();
      if (name.equalsIgnoreCase("gzip")) {
        String weight = semicolon < 0 ? "" : coding.substring(semicolon + 1).replace(" ", "");
        return !weight.matches("q=0(\\.0*)?");
      }
    }
    return false;
  }

  private static final class Pieces implements Answer.Sink {
    private final MultivaluedMap<String, Object> headers;
    private final JsonWriter json = new JsonWriter();
    private final boolean mayCompress;
    private OutputStream out;
    private boolean begun;

    Pieces(MultivaluedMap<String, Object> headers, OutputStream out, boolean mayCompress) {
      this.headers = headers;
      this.out = out;
      this.mayCompress = mayCompress;
    }

    @Override
    public JsonWriter json() {
      return json;
    }

    @Override
    public void endOfPiece() throws IOException {
      if (json.length() >= PIECE) {
        begin(false);
        json.drainTo(out);
      }
    }

    void finish() throws IOException {
      begin(true);
      json.drainTo(out);
      if (out instanceof GZIPOutputStream compressing) {
        compressing.finish();
      }
    }

    private void begin(boolean whole) throws IOException {
      if (begun) {
        return;
      }
      begun = true;
      headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
      if (mayCompress && json.length() >= WORTH_COMPRESSING) {
        headers.putSingle(HttpHeaders.CONTENT_ENCODING, "gzip");
        out = new Compressing(out);
      } else if (whole) {
        headers.putSingle(HttpHeaders.CONTENT_LENGTH, Integer.toString(json.length()));
      }
    }
  }

  private static final class Compressing extends GZIPOutputStream {
    Compressing(OutputStream out) throws IOException {
      super(out, 8 * 1024);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
