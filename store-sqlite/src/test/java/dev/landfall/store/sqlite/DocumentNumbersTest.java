package dev.landfall.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DocumentNumbersTest {
  @Test
  void aSieveLetsEachNumberPassAndNoOther() {
    DocumentNumbers numbers = DocumentNumbers.parse("9,3,3,1000");

    byte[] sieve = numbers.sieve();

    assertThat(sieve).hasSize(1024);
    for (int number = 0; number < sieve.length; number++) {
      assertThat(sieve[number] == 1).isEqualTo(numbers.contains(number));
    }
    assertThat(numbers.size()).isEqualTo(3);
  }

  @Test
  void aSieveOfLargeNumbersIsBoundedAndLetsEachPass() {
    long large = 5_000_000_123L;
    DocumentNumbers numbers = DocumentNumbers.parse("7," + large);

    byte[] sieve = numbers.sieve();

    assertThat(sieve).hasSize(1 << 18);
    assertThat(sieve[7]).isEqualTo((byte) 1);
    assertThat(sieve[(int) (large & (sieve.length - 1))]).isEqualTo((byte) 1);
    assertThat(numbers.contains(large & (sieve.length - 1))).isFalse();
  }
}
