package dev.landfall.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HybridTimestampTest {
  static Stream<String> malformed() {
    return Stream.of(
        "zzz",
        "",
        "zzz-zzz-zzz",
        "0019d2bc1234a000000000001",
        "0019D2BC1234A-000001-a",
        "0019d2bc1234-000001-a",
        "0019d2bc1234a-0000001-a",
        "0019d2bc1234a-000001-",
        "0019d2bc1234a-000001",
        "0019d2bc1234a-000001-a\u007f",
        "0019d2bc1234a-000001-a\n",
        "0019d2bc1234a-000001-a\u0000",
        "0019d2bc1234a-000001-é",
        "0019d2bc1234a_000001_a",
        "0019d2bc1234a-000001-" + "n".repeat(129));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void whatIsNoClockIsRefused(String text) {
    assertThatThrownBy(() -> HybridTimestamp.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theZeroOfTheOpenApiDocumentIsZero() {
    assertThat(HybridTimestamp.parse("0000000000000-000000-")).isEqualTo(HybridTimestamp.ZERO);
    assertThat(HybridTimestamp.parse("0000000000000-000000-00000000"))
        .isEqualTo(HybridTimestamp.ZERO);
  }

  @Test
  void aNodeMayHave128Characters() {
    String text = "0019d2bc1234a-000001-" + "n".repeat(128);

    assertThat(HybridTimestamp.parse(text)).hasToString(text);
  }

  @Test
  void aNodeIsAnythingPrintable() {
    StringBuilder printable = new StringBuilder("0019d2bc1234a-000001-");
    for (char c = ' '; c <= '~'; c++) {
      printable.append(c);
    }

    assertThat(HybridTimestamp.parse(printable.toString())).hasToString(printable.toString());
    assertThat(HybridTimestamp.parse("0019d2bc1234a-000001-my device").node())
        .isEqualTo("my device");
  }

  @Property
  void textsSortLikeTheirClocks(
      @ForAll @LongRange(max = HybridTimestamp.MAX_MILLIS) long a,
      @ForAll @LongRange(max = HybridTimestamp.MAX_MILLIS) long b,
      @ForAll @LongRange(max = HybridTimestamp.MAX_SEQUENCE) long c,
      @ForAll @LongRange(max = HybridTimestamp.MAX_SEQUENCE) long d) {
    HybridTimestamp one = new HybridTimestamp(a, (int) c, "one .~x\"");
    HybridTimestamp other = new HybridTimestamp(b, (int) d, "One @-2");

    assertThat(Integer.signum(one.compareTo(other)))
        .isEqualTo(Integer.signum(one.toString().compareTo(other.toString())));
    assertThat(HybridTimestamp.parse(one.toString())).isEqualTo(one);
  }
}
