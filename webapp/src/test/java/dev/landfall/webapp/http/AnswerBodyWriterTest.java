package dev.landfall.webapp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.StoreUnavailableException;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerBodyWriterTest {
  private final MultivaluedMap<String, Object> headers = new MultivaluedHashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "GZIP | true",
        "deflate, gzip;q=0.5, br | true",
        "gzip;q=0 | false",
        "gzip; q=0.000 | false",
        "br | false",
        "* | false",
        "'' | false",
        "x-gzipped | false"
      })
  void gzipIsUsedWhereItIsAskedFor(String header, boolean expected) {
    assertThat(AnswerBodyWriter.acceptsGzip(header)).isEqualTo(expected);
  }

  /** Documents of a thousand bytes; behind the last of them the store fails. */
  private static Answer failingAfter(int documents) {
    return sink -> {
      sink.json().raw("{\"serverChanges\":[");
      for (int i = 0; i < documents; i++) {
        sink.json().raw(i == 0 ? "" : ",").string("x".repeat(1000));
        sink.endOfPiece();
      }
      throw new StoreUnavailableException("feed");
    };
  }

  @Test
  void anEarlyFailureOfTheStoreLeavesRoomForAnErrorAnswer() {
    assertThatThrownBy(() -> AnswerBodyWriter.write(failingAfter(20), headers, out, false))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(out.size()).isZero();
    assertThat(headers).isEmpty();
  }

  @Test
  void aLateFailureOfTheStoreLeavesNoWellFormedAnswer() {
    assertThatThrownBy(() -> AnswerBodyWriter.write(failingAfter(100), headers, out, false))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(out.size()).isPositive();
    assertThat(headers).doesNotContainKey("Content-Length");
    assertThatThrownBy(() -> JsonText.parse(out.toByteArray()))
        .isInstanceOf(JsonFormatException.class);
  }

  @Test
  void aLateFailureOfTheStoreLeavesNoWholeGzip() {
    assertThatThrownBy(() -> AnswerBodyWriter.write(failingAfter(100), headers, out, true))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(headers.getFirst("Content-Encoding")).isEqualTo("gzip");
    assertThatThrownBy(
            () -> new GZIPInputStream(new ByteArrayInputStream(out.toByteArray())).readAllBytes())
        .isInstanceOf(EOFException.class);
  }
}
