package dev.landfall.webapp.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressFilterTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=%zz",
        "a=%",
        "a=%4",
        "a=%ff",
        "a=%c0%af",
        "a=%ed%a0%80",
        "a=b c",
        "a={}",
        "a=é"
      })
  void whatIsNotPercentEncodedUtf8IsRefused(String query) {
    assertThat(AddressFilter.isWellFormed(query)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a=b&c=d", "key=%F0%9F%98%80", "a=%25&b=+", "a=b?c/d:e@f"})
  void otherQueriesPass(String query) {
    assertThat(AddressFilter.isWellFormed(query)).isTrue();
  }

  @Test
  void noQueryPasses() {
    assertThat(AddressFilter.isWellFormed(null)).isTrue();
  }
}
