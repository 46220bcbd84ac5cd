package dev.landfall.engine.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.Vectors;
import org.junit.jupiter.api.Test;

class HybridClockTest {
  @Test
  void theClockAgreesWithTheVectors() {
    for (JsonObject vector : Vectors.read("hlc")) {
      switch (Vectors.text(vector, "op")) {
        case "tick" ->
            assertThat(
                    HybridClock.tick(
                            Vectors.clock(vector, "clock"), Vectors.number(vector, "wallMs"))
                        .toString())
                .isEqualTo(Vectors.text(vector, "expect"));
        case "recv" ->
            assertThat(
                    HybridClock.receive(
                            Vectors.clock(vector, "local"),
                            Vectors.clock(vector, "remote"),
                            Vectors.number(vector, "wallMs"))
                        .toString())
                .isEqualTo(Vectors.text(vector, "expect"));
        case "compare" -> {
          int order = Vectors.clock(vector, "a").compareTo(Vectors.clock(vector, "b"));
          assertThat(Integer.signum(order)).isEqualTo((int) Vectors.number(vector, "expect"));
          int textOrder = Vectors.text(vector, "a").compareTo(Vectors.text(vector, "b"));
          assertThat(Integer.signum(textOrder)).isEqualTo(Integer.signum(order));
        }
        case "decode" -> {
          HybridTimestamp clock = Vectors.clock(vector, "clock");
          JsonObject expected = Vectors.object(vector, "expect");
          assertThat(clock.millis()).isEqualTo(Vectors.number(expected, "ms"));
          assertThat(clock.sequence()).isEqualTo((int) Vectors.number(expected, "seq"));
          assertThat(clock.node()).isEqualTo(Vectors.text(expected, "node"));
          assertThat(clock.toString()).isEqualTo(Vectors.text(vector, "clock"));
        }
        default -> throw new IllegalStateException(vector.toString());
      }
    }
  }

  @Test
  void whenTheSequenceIsUsedUpTheMillisecondsAdvanceByOne() {
    HybridTimestamp full = HybridTimestamp.parse("0019ab69f3028-ffffff-device");

    HybridTimestamp next = HybridClock.tick(full, 0);

    assertThat(next).hasToString("0019ab69f3029-000000-device");
    assertThat(next.toString()).isGreaterThan(full.toString());
  }
}
