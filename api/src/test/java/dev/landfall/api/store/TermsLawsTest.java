package dev.landfall.api.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TermsLawsTest {
  @Property
  void aTermIsInARangeIfItIsBetweenItsEnds(
      @ForAll("sets") Set<String> values,
      @ForAll("terms") String one,
      @ForAll("terms") String two) {
    TermRange range = new TermRange(one.compareTo(two) < 0 ? one : two, one + two);
    TreeSet<String> sorted = new TreeSet<>(values);
    boolean expected = !sorted.subSet(range.from(), range.to()).isEmpty();

    assertThat(Terms.of(values).anyIn(range)).isEqualTo(expected);
  }

  @Property
  void theTextSaysAllOfThem(@ForAll("sets") Set<String> values) {
    Terms terms = Terms.of(values);

    assertThat(terms.values()).containsExactlyElementsOf(new TreeSet<>(values));
    assertThat(Terms.parse(terms.text())).isEqualTo(terms).hasSameHashCodeAs(terms);
    assertThat(terms.isEmpty()).isEqualTo(values.isEmpty());
  }

  @Provide
  Arbitrary<Set<String>> sets() {
    return terms().set().ofMaxSize(12);
  }

  @Provide
  Arbitrary<String> terms() {
    return Arbitraries.strings().withChars('!', 'a', 'b', '~').ofMinLength(1).ofMaxLength(4);
  }
}
