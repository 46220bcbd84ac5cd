package dev.landfall.webapp.http;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.SocketTimeoutException;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the JSON body of a request: while it arrives, and no further than the limits allow. What a
 * client does wrong on the way is its problem, told as 400, 408, 413 or 415; if too many bodies are
 * waited for already, as 429.
 */
public final class Body {
  /**
   * A compressed body may become this many times as large, once it is larger than {@link
   * #RATIO_FREE_BYTES}.
   */
  static final long MAX_RATIO = 100;

  static final long RATIO_FREE_BYTES = 64 * 1024;

  private static final String JSON = "application/json";
  private static final int COPY_BUFFER = 32 * 1024;
  private static final int GZIP_BUFFER = 8 * 1024;
  private static final int GZIP_MAGIC_FIRST = 0x1f;
  private static final int GZIP_MAGIC_SECOND = 0x8b;

  private final RequestLimits limits;
  private final FairPermits places;
  private final BodyMemory memory = BodyMemory.ofHeap();
  private final LongSupplier nanoTime;

  /**
   * A reader.
   *
   * @param nanoTime counts nanoseconds from anywhere
   */
  public Body(RequestLimits limits, LongSupplier nanoTime) {
    this.limits = limits;
    this.places = new FairPermits(limits.bodiesWaitedFor());
    this.nanoTime = nanoTime;
  }

  /**
   * The one JSON value that the body is.
   *
   * @param sender a user, or an address where the user is not known
   * @throws SyncException if it is anything else
   */
  public JsonValue read(HttpServletRequest request, String sender) {
    requireType(request.getContentType(), List.of(JSON));
    return read(request, sender, JsonText::parse);
  }

  /** Reads one value. */
  public interface Reader<T, E extends Exception> {
    /** The value that {@code in} holds, to its end. */
    T read(InputStream in) throws IOException, JsonFormatException, E;
  }

  /**
   * What {@code reader} makes of the body, whatever its type says.
   *
   * @param sender a user, or an address where the user is not known
   * @throws SyncException if it does not arrive, is too large, or no JSON where that is read
   * @throws E if it is something else than is read
   */
  public <T, E extends Exception> T read(
      HttpServletRequest request, String sender, Reader<T, E> reader) throws E {
    boolean compressed = isCompressed(request);
    if (request.getContentLengthLong() > limits.bodyBytes()) {
      throw tooLarge(limits.bodyBytes());
    }
    try {
      Arriving arriving = new Arriving(request.getInputStream(), sender, limits.bodyBytes());
      BodyMemory.Lease lease = memory.lease(request, sender);
      return compressed
          ? unpack(arriving, lease, reader)
          : reader.read(new Remembered(arriving, lease));
    } catch (JsonFormatException e) {
      throw SyncException.badRequest(
          e.place().isEmpty() ? "body" : Members.echo(e.place()), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw notArrived(e);
    }
  }

  /**
   * Copies a body that is too large for memory, unpacked. Each {@link RequestLimits#bodyBytes()} of
   * it may take {@link RequestLimits#bodyTime()}.
   *
   * @param types the media types it may have
   * @param max the most bytes, packed and unpacked
   * @param sender a user
   * @throws SyncException if it is of another type, larger or does not arrive
   * @throws CopyException if {@code target} fails
   */
  public void copy(
      HttpServletRequest request, List<String> types, long max, String sender, OutputStream target)
      throws CopyException {
    requireType(request.getContentType(), types);
    boolean compressed = isCompressed(request);
    if (request.getContentLengthLong() > max) {
      throw tooLarge(max);
    }
    try {
      Arriving arriving = new Arriving(request.getInputStream(), sender, max);
      byte[] piece = new byte[COPY_BUFFER];
      if (compressed) {
        InputStream unpacked = new GZIPInputStream(arriving, GZIP_BUFFER);
        long count = 0;
        for (int n = unpacked.read(piece); n >= 0; n = unpacked.read(piece)) {
          count += n;
          if (count > max) {
            throw tooLarge(max);
          }
          put(target, piece, n);
        }
      } else {
        for (int n = arriving.read(piece); n >= 0; n = arriving.read(piece)) {
          put(target, piece, n);
        }
      }
    } catch (ZipException e) {
      throw notPacked();
    } catch (CopyException e) {
      throw e;
    } catch (IOException e) {
      throw notArrived(e);
    }
  }

  /** That a body cannot be kept. */
  public static final class CopyException extends IOException {
    private static final long serialVersionUID = 1L;

    CopyException(IOException cause) {
      super(cause);
    }
  }

  private static void put(OutputStream target, byte[] piece, int count) throws CopyException {
    try {
      target.write(piece, 0, count);
    } catch (IOException e) {
      throw new CopyException(e);
    }
  }

  /**
   * A small body that is not JSON, as it is.
   *
   * @param type its media type
   * @param max the most bytes
   * @param sender a user, or an address where the user is not known
   * @throws SyncException if it is of another type, larger or does not arrive
   */
  public byte[] read(HttpServletRequest request, String type, int max, String sender) {
    String given = request.getContentType();
    if (given == null
        || !given.split(";", 2)[0].strip().equalsIgnoreCase(type)
        || isCompressed(request)) {
      throw unsupported("the body must be " + type);
    }
    try {
      byte[] body =
          new Arriving(request.getInputStream(), sender, limits.bodyBytes()).readNBytes(max + 1);
      if (body.length > max) {
        throw new SyncException(SyncProblem.TOO_LARGE, "the body has more than " + max + " bytes");
      }
      return body;
    } catch (IOException e) {
      throw notArrived(e);
    }
  }

  private static SyncException notArrived(IOException failure) {
    if (failure instanceof EOFException) {
      return SyncException.badRequest("body", "it ended early");
    }
    return failure instanceof SocketTimeoutException
            || failure.getCause() instanceof SocketTimeoutException
        ? tooSlow()
        : SyncException.badRequest("body", "it did not arrive whole");
  }

  private <T, E extends Exception> T unpack(
      Arriving arriving, BodyMemory.Lease lease, Reader<T, E> reader)
      throws IOException, JsonFormatException, E {
    try {
      Unpacked unpacked = new Unpacked(new GZIPInputStream(arriving, GZIP_BUFFER), arriving);
      PushbackInputStream start = new PushbackInputStream(new Remembered(unpacked, lease), 2);
      int first = start.read();
      int second = first < 0 ? -1 : start.read();
      if (first == GZIP_MAGIC_FIRST && second == GZIP_MAGIC_SECOND) {
        throw unsupported("the body is compressed twice");
      }
      if (second >= 0) {
        start.unread(second);
      }
      if (first >= 0) {
        start.unread(first);
      }
      return reader.read(start);
    } catch (ZipException e) {
      throw notPacked();
    }
  }

  private static void requireType(String contentType, List<String> types) {
    String type = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
    int semicolon = type.indexOf(';');
    String media = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
    if (!types.contains(media)) {
      throw unsupported("the body must be " + String.join(" or ", types));
    }
    requireUtf8(type);
  }

  /**
   * Finds that a body is text in UTF-8.
   *
   * @param contentType its media type
   * @throws SyncException if it says something else
   */
  public static void requireUtf8(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    int charset = type.indexOf("charset=");
    if (charset >= 0) {
      String name = type.substring(charset + "charset=".length()).replace("\"", "");
      int end = name.indexOf(';');
      name = (end < 0 ? name : name.substring(0, end)).strip();
      if (!name.equals("utf-8") && !name.equals("utf8")) {
        throw unsupported("the body must be in UTF-8");
      }
    }
  }

  private static boolean isCompressed(HttpServletRequest request) {
    Enumeration<String> encodings = request.getHeaders("Content-Encoding");
    if (encodings == null || !encodings.hasMoreElements()) {
      return false;
    }
    String encoding = encodings.nextElement().strip().toLowerCase(Locale.ROOT);
    if (!encodings.hasMoreElements()) {
      if (encoding.equals("gzip") || encoding.equals("x-gzip")) {
        return true;
      }
      if (encoding.equals("identity") || encoding.isEmpty()) {
        return false;
      }
    }
    throw unsupported("the body may be compressed with gzip, once, and with nothing else");
  }

  /**
   * A server that is not configured like ours unpacks bodies and leaves their headers as they are.
   */
  private static SyncException notPacked() {
    return SyncException.badRequest(
        "body",
        "it is not in the gzip format, or the server has unpacked it already: its httpOptions need"
            + " AutoDecompression=\"false\"");
  }

  private static SyncException unsupported(String message) {
    return new SyncException(HttpProblem.UNSUPPORTED_MEDIA_TYPE, message);
  }

  private static SyncException tooLarge(long max) {
    return new SyncException(SyncProblem.TOO_LARGE, "the body has more than " + max + " bytes");
  }

  private static SyncException tooSlow() {
    return new SyncException(HttpProblem.REQUEST_TIMEOUT, "the body did not arrive in time");
  }

  private static SyncException tooMany() {
    return new SyncException(
        SyncProblem.RATE_LIMITED, "too many bodies that do not arrive are waited for already");
  }

  /**
   * What comes over the wire, counted. Timed is what is waited for it, not what it is read into.
   */
  private final class Arriving extends FilterInputStream {
    private final String sender;
    private final long max;
    private long count;
    private long waited;

    Arriving(InputStream in, String sender, long max) {
      super(in);
      this.sender = sender;
      this.max = max;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (!places.enter(sender)) {
        throw tooMany();
      }
      int read;
      long start = nanoTime.getAsLong();
      try {
        read = in.read(target, from, length);
      } finally {
        waited += nanoTime.getAsLong() - start;
        places.leave(sender);
      }
      if (read > 0) {
        arrived(read);
      }
      return read;
    }

    private void arrived(int bytes) {
      count += bytes;
      if (count > max) {
        throw tooLarge(max);
      }
      long turns = 1 + count / (limits.bodyBytes() + 1);
      if (waited > turns * limits.bodyTime().toNanos()) {
        throw tooSlow();
      }
    }
  }

  /** What is made into values, for which there has to be room. */
  private static final class Remembered extends FilterInputStream {
    private final BodyMemory.Lease lease;
    private long count;

    Remembered(InputStream in, BodyMemory.Lease lease) {
      super(in);
      this.lease = lease;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      if (value >= 0) {
        remember(1);
      }
      return value;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      int read = in.read(target, from, length);
      if (read > 0) {
        remember(read);
      }
      return read;
    }

    private void remember(int bytes) {
      count += bytes;
      if (!lease.reaches(count)) {
        throw new SyncException(
            SyncProblem.RATE_LIMITED, "too many large bodies are being worked on already");
      }
    }
  }

  /** What a compressed body becomes, counted. */
  private final class Unpacked extends FilterInputStream {
    private final Arriving packed;
    private long count;

    Unpacked(InputStream in, Arriving packed) {
      super(in);
      this.packed = packed;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      if (value >= 0) {
        unpacked(1);
      }
      return value;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      int read = in.read(target, from, length);
      if (read > 0) {
        unpacked(read);
      }
      return read;
    }

    private void unpacked(int bytes) {
      count += bytes;
      if (count > limits.bodyBytes()) {
        throw tooLarge(limits.bodyBytes());
      }
      if (count > RATIO_FREE_BYTES && count > packed.count * MAX_RATIO) {
        throw new SyncException(
            SyncProblem.TOO_LARGE,
            "the compressed body becomes more than " + MAX_RATIO + " times as large");
      }
    }
  }
}
