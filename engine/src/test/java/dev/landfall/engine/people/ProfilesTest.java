package dev.landfall.engine.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.store.memory.MemoryBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfilesTest {
  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");
  private static final UserId CAROL = new UserId("carol");
  private static final EmailAddress ALICES = new EmailAddress("alice@example.org");

  private final Watched directory = new Watched(new MemoryBackend(1L << 30).directory());
  private final Map<UserId, Account> accounts = new HashMap<>();
  private final Set<List<UserId>> blocks = new HashSet<>();
  private final Profiles profiles =
      new Profiles(
          directory,
          user -> {
            directory.asked.add("account");
            return Optional.ofNullable(accounts.get(user));
          },
          (blocker, blocked) -> {
            directory.asked.add("block");
            return blocks.contains(List.of(blocker, blocked));
          });

  /** Notes what it is asked, without names. */
  private record Watched(Directory directory, List<String> asked) implements Directory {
    Watched(Directory directory) {
      this(directory, new ArrayList<>());
    }

    @Override
    public Optional<DirectoryRecord> find(String kind, String name) {
      asked.add("find " + kind);
      return directory.find(kind, name);
    }

    @Override
    public boolean write(DirectoryRecord record) {
      asked.add("write " + record.kind());
      return directory.write(record);
    }

    @Override
    public boolean remove(String kind, String name, long version) {
      asked.add("remove " + kind);
      return directory.remove(kind, name, version);
    }

    @Override
    public List<DirectoryRecord> list(String kind, String after, int limit) {
      asked.add("list " + kind + " " + limit);
      return directory.list(kind, after, limit);
    }
  }

  private void known(UserId user, String name, EmailAddress... addresses) {
    accounts.put(user, new Account(Optional.of(name), Set.of(addresses)));
  }

  private static ProfileChange findable(Findable findable) {
    return new ProfileChange(Optional.empty(), Optional.empty(), Optional.of(findable));
  }

  private static ProfileChange called(String name) {
    return new ProfileChange(
        Optional.of(Optional.of(new DisplayName(name))), Optional.empty(), Optional.empty());
  }

  private List<UserId> found(EmailAddress address) {
    return profiles.find(BOB, address).stream().map(Person::user).toList();
  }

  @Test
  void whoHasSaidNothingIsCalledAsTheProviderSays() {
    known(ALICE, "Alice P.");

    assertThat(profiles.of(ALICE).name()).contains(new DisplayName("Alice P."));
    assertThat(profiles.of(ALICE).findable()).isEqualTo(Findable.NOBODY);
  }

  @Test
  void whatOneSaysStandsUntilItIsTakenBack() {
    known(ALICE, "Alice P.");

    profiles.change(ALICE, called("  Ali "));
    profiles.change(ALICE, findable(Findable.EMAIL));
    Optional<DisplayName> said = profiles.of(ALICE).name();
    profiles.change(
        ALICE,
        new ProfileChange(Optional.of(Optional.empty()), Optional.empty(), Optional.empty()));

    assertThat(said).contains(new DisplayName("Ali"));
    assertThat(profiles.of(ALICE).name()).contains(new DisplayName("Alice P."));
    assertThat(profiles.of(ALICE).findable()).isEqualTo(Findable.EMAIL);
  }

  @Test
  void whoAllowsItIsFoundByAVerifiedAddressAndNobodyElse() {
    known(ALICE, "Alice", ALICES);
    known(CAROL, "Carol", new EmailAddress("carol@example.org"));
    profiles.change(ALICE, findable(Findable.EMAIL));

    assertThat(found(ALICES)).containsExactly(ALICE);
    assertThat(found(new EmailAddress("carol@example.org"))).isEmpty();
    assertThat(found(new EmailAddress("nobody@example.org"))).isEmpty();
  }

  @Test
  void whoAllowsItNoMoreOrLosesTheAddressOrBlocksTheCallerIsNotFound() {
    known(ALICE, "Alice", ALICES);
    profiles.change(ALICE, findable(Findable.EMAIL));

    blocks.add(List.of(ALICE, BOB));
    assertThat(found(ALICES)).isEmpty();
    blocks.clear();
    known(ALICE, "Alice", new EmailAddress("other@example.org"));
    assertThat(found(ALICES)).isEmpty();
    known(ALICE, "Alice", ALICES);
    assertThat(found(ALICES)).containsExactly(ALICE);
    profiles.change(ALICE, findable(Findable.NOBODY));
    assertThat(found(ALICES)).isEmpty();
  }

  @Test
  void anAddressThatIsVerifiedLaterFindsWhoAllowedItBefore() {
    known(ALICE, "Alice");
    profiles.change(ALICE, findable(Findable.EMAIL));

    known(ALICE, "Alice", ALICES);
    profiles.signedIn(ALICE);

    assertThat(found(ALICES)).containsExactly(ALICE);
  }

  @Test
  void anAddressOfWhichNobodyIsToKnowIsLookedUpAsOneThatNobodyHas() {
    known(ALICE, "Alice", ALICES);
    known(CAROL, "Carol", new EmailAddress("carol@example.org"));
    profiles.change(CAROL, findable(Findable.EMAIL));
    List<List<String>> asked = new ArrayList<>();

    for (String address : List.of("alice@example.org", "nobody@example.org", "carol@example.org")) {
      directory.asked.clear();
      profiles.find(BOB, new EmailAddress(address));
      asked.add(List.copyOf(directory.asked));
    }

    assertThat(asked.get(0)).isEqualTo(asked.get(1)).isEqualTo(asked.get(2)).isNotEmpty();
  }

  @Test
  void nothingIsLeftOfWhoIsGone() {
    known(ALICE, "Alice", ALICES);
    profiles.change(ALICE, findable(Findable.EMAIL));
    profiles.change(ALICE, called("Ali"));

    profiles.forget(ALICE);

    assertThat(directory.directory().list(Profiles.PROFILE, "", 10)).isEmpty();
    assertThat(directory.directory().list(Profiles.FINDABLE, "", 10)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "a\nb",
        "a\u0000b",
        "a\u202Eb",
        "a\u2028b",
        "a\u2066b",
        "\ud800",
        "\ufeffa"
      })
  void aNameIsPlainTextOnOneLine(String text) {
    assertThatThrownBy(() -> new DisplayName(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameMayBeInAnyScriptAndHasAnEnd() {
    String family = "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67";

    assertThat(new DisplayName(family).value()).isEqualTo(family);
    assertThat(new DisplayName("x".repeat(DisplayName.MAX)).value()).hasSize(DisplayName.MAX);
    assertThatThrownBy(() -> new DisplayName("x".repeat(DisplayName.MAX + 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org/a.png",
        "javascript:alert(1)",
        "https://user@example.org/a.png",
        "https:///a.png",
        "https://example.org/a b.png",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:text/html;base64,PHN2Zz4=",
        "data:image/png,raw"
      })
  void aPictureIsAnAddressOrASmallPictureThatRunsNothing(String url) {
    assertThatThrownBy(() -> new Picture(url)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void picturesAreBounded() {
    new Picture("https://example.org/a.png?size=64");
    new Picture("data:image/png;base64,iVBORw0KGgo=");

    assertThatThrownBy(() -> new Picture("data:image/png;base64," + "A".repeat(16 * 1024)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Picture("https://example.org/" + "a".repeat(2_048)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
