package dev.landfall.engine.people;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.Directory;
import dev.landfall.engine.directory.JsonDirectory;
import dev.landfall.engine.directory.Kept;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * What people say of themselves, and who is found by an address. Safe for concurrent use by several
 * nodes.
 *
 * <p>The directory has {@code profile}, user: what they have said; and {@code findable}, hash of an
 * address/user, only for those who allow to be found by it. So an address of which nobody is to
 * know is looked up exactly as one that nobody has. Whether somebody is found the profile and the
 * account decide; a record that is left over finds nobody.
 */
public final class Profiles {
  /** The kind of record of what somebody has said. */
  static final String PROFILE = "profile";

  /** The kind of record by which somebody is found. */
  static final String FINDABLE = "findable";

  /** The most people that one address finds, each by a provider of theirs. */
  static final int MAX_FOUND = 4;

  /** Looked up in place of those who are not there. */
  private static final UserId NOBODY = new UserId("~nobody");

  private final JsonDirectory directory;
  private final Function<UserId, Optional<Account>> accounts;
  private final BiPredicate<UserId, UserId> blocks;

  /**
   * The profiles in {@code directory}.
   *
   * @param accounts of the users there are
   * @param blocks whether the first takes nothing from the second
   */
  public Profiles(
      Directory directory,
      Function<UserId, Optional<Account>> accounts,
      BiPredicate<UserId, UserId> blocks) {
    this.directory = new JsonDirectory(directory);
    this.accounts = accounts;
    this.blocks = blocks;
  }

  /** What somebody says of themselves, and what their provider says where they say nothing. */
  public Profile of(UserId user) {
    return completed(said(directory.find(PROFILE, user.value())), accounts.apply(user));
  }

  /** What others are told of somebody; nothing of who is not there. */
  public Optional<Person> person(UserId user) {
    Optional<Account> account = accounts.apply(user);
    Profile profile = completed(said(directory.find(PROFILE, user.value())), account);
    return account.map(there -> new Person(user, profile.name(), profile.picture()));
  }

  /** Changes what somebody says of themselves. */
  public Profile change(UserId user, ProfileChange change) {
    Profile changed =
        directory.change(
            PROFILE,
            user.value(),
            stored -> {
              Profile next = change.applyTo(said(stored));
              return next.equals(said(stored))
                  ? JsonDirectory.Change.none(next)
                  : JsonDirectory.Change.to(json(next), next);
            });
    Optional<Account> account = accounts.apply(user);
    for (EmailAddress address : account.map(Account::addresses).orElse(Set.of())) {
      if (changed.findable() == Findable.EMAIL) {
        note(address, user);
      } else {
        directory.remove(FINDABLE, name(address, user));
      }
    }
    return completed(changed, account);
  }

  /** Somebody has signed in, perhaps with another address than before. */
  public void signedIn(UserId user) {
    if (said(directory.find(PROFILE, user.value())).findable() == Findable.EMAIL) {
      accounts
          .apply(user)
          .ifPresent(account -> account.addresses().forEach(address -> note(address, user)));
    }
  }

  private void note(EmailAddress address, UserId user) {
    directory.write(FINDABLE, name(address, user), 1, JsonObject.EMPTY); // or it is there
  }

  /**
   * Those who are found by an address: a provider has verified that it is theirs, and they allow
   * it. The work is the same whether there are any or not.
   */
  public List<Person> find(UserId caller, EmailAddress address) {
    List<UserId> noted =
        directory.below(FINDABLE, address.hash(), "", MAX_FOUND).stream()
            .map(record -> new UserId(record.second()))
            .toList();
    List<Person> found = new ArrayList<>();
    for (int i = 0; i < MAX_FOUND; i++) {
      UserId user = i < noted.size() ? noted.get(i) : NOBODY;
      Profile said = said(directory.find(PROFILE, user.value()));
      Optional<Account> account = accounts.apply(user);
      boolean hidden = blocks.test(user, caller);
      boolean theirs = account.filter(one -> one.addresses().contains(address)).isPresent();
      if (theirs && !hidden && said.findable() == Findable.EMAIL) {
        Profile profile = completed(said, account);
        found.add(new Person(user, profile.name(), profile.picture()));
      }
    }
    return found;
  }

  /** Forgets what somebody who is gone has said. */
  public void forget(UserId gone) {
    directory.each(
        FINDABLE,
        record -> {
          if (record.second().equals(gone.value())) {
            directory.remove(record);
          }
        });
    directory.remove(PROFILE, gone.value());
  }

  private static Profile completed(Profile said, Optional<Account> account) {
    return said.name().isPresent()
        ? said
        : new Profile(
            account.flatMap(Account::name).flatMap(Profiles::name),
            said.picture(),
            said.findable());
  }

  /** What a provider calls somebody, if it may stand here. */
  private static Optional<DisplayName> name(String text) {
    try {
      return Optional.of(new DisplayName(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Profile said(Optional<Kept> stored) {
    return stored
        .map(
            kept ->
                new Profile(
                    kept.optionalText("name").map(DisplayName::new),
                    kept.optionalText("picture").map(Picture::new),
                    Findable.parse(kept.text("findable"))))
        .orElse(Profile.NONE);
  }

  private static JsonObject json(Profile profile) {
    JsonObject.Builder json = JsonObject.builder();
    profile.name().ifPresent(name -> json.put("name", name.value()));
    profile.picture().ifPresent(picture -> json.put("picture", picture.url()));
    return json.put("findable", profile.findable().text()).build();
  }

  private static String name(EmailAddress address, UserId user) {
    return address.hash() + "/" + user.value();
  }
}
