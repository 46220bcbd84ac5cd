package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.store.Commit;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Searches that find many documents, or too many. */
public interface SearchLimitContract extends StoreSubject {
  @Test
  default void moreThanTheLimitIsNoAnswer() {
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 100; i++) {
            draft.put(task("k" + i), terms("a", "b" + i, i % 10 == 0 ? "d" : "e"), ALICE);
          }
        });

    for (TermQuery hundred : List.of(one("a"), prefix("b"), prefix(""))) {
      assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), hundred, 99)).isEmpty();
      assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), hundred, 1)).isEmpty();
      assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), hundred, 100).orElseThrow())
          .hasSize(100);
    }
    TermQuery ten = all(List.of(of("a")), List.of(of("d")), List.of(starting("b")));
    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), ten, 9)).isEmpty();
    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), ten, 10))
        .hasValueSatisfying(found -> assertThat(found).hasSize(10));
  }

  @Test
  default void oneElementWithFewDocumentsIsEnoughForAnAnswer() {
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 1_500; i++) {
            draft.put(task("k" + i), i % 500 == 7 ? terms("a", "b", "c") : terms("a", "b"), ALICE);
          }
        });

    for (int limit : new int[] {3, 10}) {
      assertThat(
              StoreSubject.search(
                  todo(),
                  Set.of(ALICES_TASKS),
                  all(List.of(of("a")), List.of(of("c")), List.of(starting("b"))),
                  limit))
          .hasValueSatisfying(found -> assertThat(found).hasSize(3));
    }
    assertThat(
            StoreSubject.search(
                todo(), Set.of(ALICES_TASKS), all(List.of(of("a")), List.of(of("b"))), 10))
        .isEmpty();
    assertThat(
            StoreSubject.search(
                todo(), Set.of(ALICES_TASKS), all(List.of(of("a")), List.of(of("b"))), 1_500))
        .hasValueSatisfying(found -> assertThat(found).hasSize(1_500));
  }

  @Test
  default void aDocumentWithMoreTermsThanMayBeReadIsFoundByOne() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < Terms.MAX_TERMS; i++) {
      many.add("t" + i);
    }
    Commit commit = Draft.append(todo(), draft -> draft.put(MILK, Terms.of(many), ALICE));

    assertThat(StoreSubject.stored(todo(), MILK)).isEqualTo(commit.documents().get(0));
    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), one("t19999"), 1))
        .contains(commit.entries());
    Draft.append(todo(), draft -> draft.put(MILK, terms("t1"), ALICE));
    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), prefix("t"), 1))
        .hasValueSatisfying(found -> assertThat(found).hasSize(1));
    assertThat(StoreSubject.search(todo(), Set.of(ALICES_TASKS), one("t19999"), 1))
        .contains(List.of());
  }

  private static Terms terms(String... terms) {
    return Terms.of(Arrays.asList(terms));
  }

  private static TermRange of(String term) {
    return TermRange.of(term);
  }

  private static TermRange starting(String prefix) {
    return TermRange.startingWith(prefix);
  }

  private static TermQuery one(String term) {
    return all(List.of(of(term)));
  }

  private static TermQuery prefix(String prefix) {
    return all(List.of(starting(prefix)));
  }

  private static TermQuery all(List<TermRange> any) {
    return new TermQuery(List.of(any));
  }

  private static TermQuery all(List<TermRange> any, List<TermRange> another) {
    return new TermQuery(List.of(any, another));
  }

  private static TermQuery all(
      List<TermRange> any, List<TermRange> another, List<TermRange> third) {
    return new TermQuery(List.of(any, another, third));
  }
}
